"""The form of a gift: what it costs in points, what it is worth, how many there are, for whom and when."""

from collections.abc import Callable, Mapping
from typing import Any

from mobile.screens.gifts.offer import offer_fields, offer_of, offer_values
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.screens.office.typed import fen, first_ms, optional_whole, whole
from mobile.state.application import App
from mobile.state.gift_office import change_gift, offer_gift
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.redemptions import GiftItem
from mobile.state.queries.schemes import rules_of, scheme_in_force
from mobile.text import formats, t
from shared_models.ids import new_id
from shared_models.loyalty.gifts import least_value_fen
from shared_models.loyalty.scheme import LoyaltyRules


def use_gift_form() -> Callable[[GiftItem | None], None]:
    """A function that opens the form of a gift, or of a new one; call the hook once in a component."""
    app = use_app()
    open_form = use_form()
    rules = use_query(lambda session: rules_of(scheme_in_force(session, app.now_ms())), ("scheme",))

    def open_gift(item: GiftItem | None) -> None:
        gift_id = item.gift.id if item else new_id()

        async def save(values: Mapping[str, Any]) -> str:
            return await _save(app, item, gift_id, values)

        open_form(_form(rules, is_new=item is None), _values(item), save)

    return open_gift


async def _save(app: App, item: GiftItem | None, gift_id: str, values: Mapping[str, Any]) -> str:
    terms = {
        "name": str(values["name"]),
        "points": whole(values["points"]),
        "value_fen": fen(values["value"]),
        "stock": optional_whole(values["stock"]),
        "min_tier": values["min_tier"],
    } | offer_of(values)
    if item is None:
        await offer_gift(app, terms | {"id": gift_id})
        go(f"/gifts/{gift_id}")
        return t("gift_office.offered", name=terms["name"])
    begins_at_ms = first_ms(values["begins"], app.now_ms())
    terms["seen_stock"] = item.gift.stock
    if begins_at_ms is not None:
        terms["begins_at_ms"] = begins_at_ms
    await change_gift(app, gift_id, terms)
    if begins_at_ms is None:
        return t("gift_office.changed", name=terms["name"])
    return t("gift_office.will_change", name=terms["name"], day=values["begins"].strip())


def _form(rules: LoyaltyRules, *, is_new: bool) -> Form:
    tiers = tuple((tier.name, tier.name) for tier in rules.tiers[1:])
    floor = t("gift_office.floor_hint", floor=formats.money(least_value_fen(1000, rules)))
    begins = Field("begins", t("gift_office.change_from"), hint="2027-01-01")
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
            *([] if is_new else [begins]),
        ],
        confirm=t("common.save"),
        note=floor if is_new else f"{t('gift_office.version_hint')}\n{floor}",
        identifier="gift-form",
    )


def _values(item: GiftItem | None) -> dict[str, Any]:
    if item is None:
        return dict.fromkeys(("name", "points", "value", "stock", "min_tier"), "") | offer_values(None)
    terms, stock = item.terms, item.gift.stock
    return {
        "name": terms.name,
        "points": str(terms.points),
        "value": formats.plain_money(terms.value_fen),
        "stock": "" if stock is None else str(stock),
        "min_tier": terms.min_tier,
        "begins": "",
    } | offer_values(terms)
