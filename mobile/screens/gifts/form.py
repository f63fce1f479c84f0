"""The form of a gift: what it costs in points, what it is worth, how many there are, for whom and when."""

from collections.abc import Callable, Mapping
from typing import Any

from mobile.screens.gifts.offer import offer_fields, offer_of, offer_values
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.screens.office.typed import fen, optional_whole, whole
from mobile.state.application import App
from mobile.state.gift_office import change_gift, offer_gift
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.schemes import rules_of, scheme_in_force
from mobile.text import formats, t
from shared_models.ids import new_id
from shared_models.loyalty.gifts import least_value_fen
from shared_models.loyalty.scheme import LoyaltyRules
from shared_models.loyalty.tables import Gift


def use_gift_form() -> Callable[[Gift | None], None]:
    """A function that opens the form of a gift, or of a new one; call the hook once in a component."""
    app = use_app()
    open_form = use_form()
    rules = use_query(lambda session: rules_of(scheme_in_force(session, app.now_ms())), ("scheme",))

    def open_gift(gift: Gift | None) -> None:
        gift_id = gift.id if gift else new_id()

        async def save(values: Mapping[str, Any]) -> str:
            return await _save(app, gift, gift_id, values)

        open_form(_form(rules, is_new=gift is None), _values(gift), save)

    return open_gift


async def _save(app: App, gift: Gift | None, gift_id: str, values: Mapping[str, Any]) -> str:
    terms = {
        "name": str(values["name"]),
        "points": whole(values["points"]),
        "value_fen": fen(values["value"]),
        "stock": optional_whole(values["stock"]),
        "min_tier": values["min_tier"],
    } | offer_of(values)
    if gift is None:
        await offer_gift(app, terms | {"id": gift_id})
        go(f"/gifts/{gift_id}")
        return t("gift_office.offered", name=terms["name"])
    await change_gift(app, gift_id, terms | {"seen_stock": gift.stock})
    return t("gift_office.changed", name=terms["name"])


def _form(rules: LoyaltyRules, *, is_new: bool) -> Form:
    tiers = tuple((tier.name, tier.name) for tier in rules.tiers[1:])
    floor = formats.money(least_value_fen(1000, rules))
    return Form(
        t("gift_office.new" if is_new else "gift_office.edit"),
        [
            Field("name", t("gift_office.name")),
            Field("points", t("gift_office.points"), FieldKind.NUMBER),
            Field("value", t("gift_office.value"), FieldKind.NUMBER),
            Field("stock", t("gift_office.stock"), FieldKind.NUMBER),
            Field(
                "min_tier",
                t("gift_office.min_tier"),
                FieldKind.CHOICE,
                (("", t("gift_office.everybody")), *tiers),
            ),
            *offer_fields(t("gift_office.on"), t("gift_office.off")),
        ],
        confirm=t("common.save"),
        note=t("gift_office.floor_hint", floor=floor),
        identifier="gift-form",
    )


def _values(gift: Gift | None) -> dict[str, Any]:
    if gift is None:
        return dict.fromkeys(("name", "points", "value", "stock", "min_tier"), "") | offer_values(None)
    return {
        "name": gift.name,
        "points": str(gift.points),
        "value": formats.plain_money(gift.value_fen),
        "stock": "" if gift.stock is None else str(gift.stock),
        "min_tier": gift.min_tier,
    } | offer_values(gift)
