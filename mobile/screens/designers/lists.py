"""The other lists of the back office: firms, claims, events, recommended articles."""

from collections.abc import Callable

import flet as ft

from mobile.design.marks import Tone, chip, icon_mark, pending_mark
from mobile.design.rows import row
from mobile.design.scaffold import scroll_body
from mobile.design.states import empty_state
from mobile.design.type import row_title, secondary, section_label
from mobile.screens.designers.recommended import use_recommendation
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.designer_events import (
    ARTICLE_TABLES,
    EVENT_TABLES,
    ArticleItem,
    EventRow,
    article_items,
    articles_found,
    event_rows,
)
from mobile.state.queries.designer_office import (
    CLAIM_TABLES,
    FIRM_TABLES,
    ClaimGroup,
    FirmItem,
    claim_groups,
    firm_items,
)
from mobile.text import formats, t, word


@ft.component
def FirmList(text: str, selected: str | None) -> ft.Control:  # noqa: N802
    """The firms by name, with how many designers each has."""
    items = use_query(lambda session: firm_items(session, text), FIRM_TABLES, text)
    return _body([_firm_row(each, selected) for each in items], "firms", ft.Icons.BUSINESS_OUTLINED)


@ft.component
def ClaimList(text: str, selected: str | None) -> ft.Control:  # noqa: N802
    """The referred clients; those whom several designers claim come first."""
    app = use_app()
    groups = use_query(lambda session: claim_groups(session, text), CLAIM_TABLES, text)
    rows = [_claim_row(each, app.now_ms(), selected) for each in groups]
    return _body(rows, "claims", ft.Icons.HANDSHAKE_OUTLINED)


@ft.component
def EventList(text: str, selected: str | None) -> ft.Control:  # noqa: N802
    """The events, the latest first."""
    app = use_app()
    events = use_query(event_rows, EVENT_TABLES)
    typed = text.strip().lower()
    rows = [_event_row(each, app.now_ms(), selected) for each in events if typed in each.event.title.lower()]
    return _body(rows, "events", ft.Icons.LOCAL_ACTIVITY_OUTLINED)


@ft.component
def ArticleList(text: str) -> ft.Control:  # noqa: N802
    """What is recommended; a search finds what could be."""
    edit = use_recommendation()
    items = use_query(article_items, ARTICLE_TABLES)
    found = use_query(
        lambda session: articles_found(session, text) if text.strip() else [], ARTICLE_TABLES, text
    )
    known = {item.product.id: item for item in items}
    rows: list[ft.Control] = []
    if text.strip():
        for product in found:
            item = known.get(product.id)
            mark = (
                [chip(t("designers.recommended"), Tone.ACCENT)] if item and item.recommendation.active else []
            )
            rows.append(
                row(
                    product.name,
                    f"{product.sku} · {product.category}",
                    identifier=f"article-{product.sku}",
                    chips=mark,
                    leading=icon_mark(ft.Icons.CHAIR_OUTLINED),
                    trailing=row_title(formats.money(product.price_fen)),
                    on_click=lambda _, product=product, item=item: edit(product, item),
                )
            )
        return _body(rows, "articles_found", ft.Icons.SEARCH_OFF)
    rows = [section_label(t("designers.articles_hint"))] if items else []
    rows += [_article_row(each, lambda item: edit(item.product, item)) for each in items]
    return _body(rows, "articles", ft.Icons.CHAIR_OUTLINED)


def _body(rows: list[ft.Control], name: str, icon: ft.IconData) -> ft.Control:
    if rows:
        return scroll_body(rows, spacing=0)
    return empty_state(t(f"designers.none_{name}"), t(f"designers.none_{name}_hint"), icon=icon)


def _firm_row(item: FirmItem, selected: str | None) -> ft.Control:
    firm = item.firm
    about = " · ".join(part for part in (firm.contact, firm.address) if part)
    return row(
        firm.name,
        about,
        identifier=f"firm-{firm.id}",
        trailing=secondary(t("designers.n_designers", n=len(item.designers))),
        selected=firm.id == selected,
        on_click=lambda _: go(f"/designers/{firm.id}"),
    )


def _claim_row(group: ClaimGroup, now_ms: int, selected: str | None) -> ft.Control:
    owner = group.owner.referral
    marks = [chip(t("claims.contested", n=len(group.claims)), Tone.WARM)] if group.is_contested else []
    if owner.decided_at_ms is not None:
        marks = [chip(t("claims.decided"), Tone.ACCENT)]
    claimed: ft.Control = secondary(formats.moment(owner.claimed_at_ms, now_ms))
    return row(
        owner.client_name,
        f"{group.owner.designer} · {formats.masked_phone(owner.phone)}",
        identifier=f"claim-{owner.id}",
        chips=marks,
        trailing=pending_mark(t("common.pending")) if owner.standing is None else claimed,
        selected=selected in {claim.referral.id for claim in group.claims},
        on_click=lambda _: go(f"/designers/{owner.id}"),
    )


def _event_row(each: EventRow, now_ms: int, selected: str | None) -> ft.Control:
    event = each.event
    over = event.starts_at_ms < now_ms
    count = t("event_office.came", n=each.attended) if over else t("event_office.coming", n=each.accepted)
    when = formats.day(formats.local(event.starts_at_ms).date(), year=formats.local(now_ms).year)
    return row(
        event.title,
        " · ".join(part for part in (word("event", event.kind), when, event.place) if part),
        identifier=f"event-{event.id}",
        leading=icon_mark(ft.Icons.LOCAL_ACTIVITY_OUTLINED, tone=Tone.CALM if over else Tone.ACCENT),
        trailing=secondary(f"{count} / {each.invited}"),
        selected=event.id == selected,
        on_click=lambda _: go(f"/designers/{event.id}"),
    )


def _article_row(item: ArticleItem, edit: Callable[[ArticleItem], None]) -> ft.Control:
    return row(
        item.product.name,
        item.recommendation.words or t("designers.no_words"),
        identifier=f"recommended-{item.product.sku}",
        chips=[] if item.recommendation.active else [chip(t("designers.paused"), Tone.CALM)],
        leading=icon_mark(ft.Icons.CHAIR_OUTLINED),
        trailing=row_title(formats.money(item.product.price_fen)),
        on_click=lambda _: edit(item),
    )
