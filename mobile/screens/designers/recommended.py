"""The form of a recommended article: what designers are to say about it, and where it stands."""

from collections.abc import Callable, Mapping
from typing import Any

from mobile.screens.gifts.offer import state_field
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.screens.office.typed import whole
from mobile.state.designer_office import recommend
from mobile.state.hooks import use_app
from mobile.state.queries.designer_events import ArticleItem
from mobile.text import t
from shared_models.stock.tables import Product


def use_recommendation() -> Callable[[Product, ArticleItem | None], None]:
    """A function that opens the form of an article; call the hook once in a component."""
    app = use_app()
    open_form = use_form()

    def open_article(product: Product, item: ArticleItem | None) -> None:
        async def save(values: Mapping[str, Any]) -> str:
            await recommend(
                app,
                product.id,
                words=str(values["words"]),
                position=whole(values["position"]),
                active=bool(values["active"]),
            )
            return t("designers.article_saved", name=product.name)

        row = item.recommendation if item else None
        first = {
            "words": row.words if row else "",
            "position": str(row.position) if row else "0",
            "active": row.active if row else True,
        }
        open_form(_form(product.name), first, save)

    return open_article


def _form(name: str) -> Form:
    return Form(
        name,
        [
            Field("words", t("designers.words"), FieldKind.LONG),
            Field("position", t("designers.position"), FieldKind.NUMBER),
            state_field(t("designers.recommended"), t("designers.paused")),
        ],
        confirm=t("common.save"),
        note=t("designers.article_note"),
        identifier="article-form",
    )
