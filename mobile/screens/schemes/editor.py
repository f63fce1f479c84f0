"""The fields of a draft in cards: points, paying with points, tiers, bonuses, rules, the period to try it on."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import icon_button, text_button
from mobile.design.cards import card
from mobile.design.fields import choice_chips, text_field
from mobile.design.type import row_title, secondary
from mobile.state.scheme_draft import SchemeDraft, Typed
from mobile.text import t, word
from shared_models.loyalty.practice import LeaseWhen
from shared_models.loyalty.scheme import BonusKind, ReturnMode, TierBasis

Edit = Callable[[Callable[[SchemeDraft], SchemeDraft]], None]
_POINTS = ("base_rate", "welcome_gift", "enrol_from")
_OFFSET = ("points_per_yuan", "unit", "cap_percent")
_TERMS = ("expiry_days", "grace_days", "lease_hours", "lease_points")
_GIFTS = ("gift_floor_percent", "hand_over_days")
_PERIOD = ("first_day", "last_day")
_TIER = ("name", "from", "discount_percent")
_PARTS_OF = {
    BonusKind.WINDOW: ("from", "to"),
    BonusKind.CATEGORY: ("category",),
    BonusKind.CAMPAIGN: ("campaign",),
    BonusKind.THRESHOLD: ("min_net",),
}


def editor_cards(draft: SchemeDraft, edit: Edit, mistake: str | None, *, wide: bool) -> list[ft.Control]:
    """All cards of the editor; `mistake` is the place that is marked as wrong."""

    def group(title: str, names: Sequence[str], prefix: str = "") -> ft.Control:
        fields = [_field(draft, edit, name, mistake, prefix) for name in names]
        return _card(title, [_line(fields, wide=wide)])

    mode = choice_chips(
        [(each.value, word("return_mode", each)) for each in ReturnMode],
        draft.return_mode,
        lambda value: edit(lambda before: replace(before, return_mode=value)),
        identifier="return-mode",
        label=t("schemes.return_mode"),
    )
    leases = choice_chips(
        [(each.value, word("lease_when", each)) for each in LeaseWhen],
        draft.lease_when,
        lambda value: edit(lambda before: replace(before, lease_when=value)),
        identifier="lease-when",
        label=t("schemes.lease_when"),
    )
    terms = [_field(draft, edit, name, mistake) for name in _TERMS]
    return [
        group("schemes.points_title", _POINTS),
        group("schemes.offset_title", _OFFSET, "offset."),
        _tiers(draft, edit, mistake),
        _bonuses(draft, edit, mistake, wide=wide),
        _card(
            "schemes.terms_title",
            [
                _line(terms[:2], wide=wide),
                _line(terms[2:], wide=wide),
                leases,
                secondary(t("schemes.lease_when_hint"), lines=3),
                mode,
            ],
        ),
        group("schemes.gifts_title", _GIFTS),
        group("schemes.period_title", _PERIOD),
    ]


def mistake_sentence(place: str) -> str:
    """What is wrong at a place of the document, such as `tiers.1.from`, and what belongs there."""
    parts = place.split(".")
    row = next((int(part) + 1 for part in parts if part.isdigit()), 0)
    what = (
        t(f"schemes.wrong_{parts[-1]}") if parts[-1] in _EXPLAINED else t("schemes.wrong_other", place=place)
    )
    group = parts[0] if row else ""
    return t(f"schemes.wrong_in_{group}", n=row, what=what) if group in {"tiers", "bonus"} else what


_EXPLAINED = frozenset(
    {
        "base_rate", "points_per_yuan", "unit", "cap_percent", "tiers", "from", "to", "discount_percent", "multiplier",
        "fixed", "min_net", "expiry_days", "grace_days", "welcome_gift", "lease_hours", "lease_points", "gift_floor_percent",
        "hand_over_days", "enrol_from",
    }
)  # fmt: skip


def _field(draft: SchemeDraft, edit: Edit, name: str, mistake: str | None, prefix: str = "") -> ft.Control:
    place = f"{prefix}{name}"
    return text_field(
        t(f"schemes.field_{name}"),
        getattr(draft, name),
        lambda value: edit(lambda before: before.with_text(name, value)),
        identifier=f"scheme-{name}",
        error=mistake_sentence(place) if mistake == place else None,
    )


def _row_field(
    row: Typed,
    edit: Edit,
    group: str,
    position: int,
    name: str,
    mistake: str | None,
    label: str | None = None,
) -> ft.Control:
    place = f"{group}.{position}.{name}"
    return text_field(
        label or t(f"schemes.{group}_{name}"),
        row.get(name, ""),
        lambda value: edit(lambda before: before.with_row(group, position, name, value)),
        identifier=f"{group}-{position}-{name}",
        error=t(f"schemes.wrong_{name}") if mistake == place and name in _EXPLAINED else None,
    )


def _tiers(draft: SchemeDraft, edit: Edit, mistake: str | None) -> ft.Control:
    labels = {"from": t(f"schemes.tiers_from_{draft.tier_basis}")}
    rows: list[ft.Control] = [
        ft.Row(
            [
                *(
                    ft.Container(
                        _row_field(row, edit, "tiers", position, name, mistake, labels.get(name)), expand=True
                    )
                    for name in _TIER
                ),
                _remove(edit, "tiers", position),
            ],
            spacing=tokens.SPACE_2,
        )
        for position, row in enumerate(draft.tiers)
    ]
    add = text_button(
        t("schemes.add_tier"), lambda _: edit(lambda before: before.with_new_tier()), identifier="add-tier"
    )
    basis = choice_chips(
        [(each.value, word("tier_basis", each)) for each in TierBasis],
        draft.tier_basis,
        lambda value: edit(lambda before: replace(before, tier_basis=value)),
        identifier="tier-basis",
        label=t("schemes.tier_basis"),
    )
    return _card("schemes.tiers_title", [basis, *rows, ft.Row([add])])


def _bonuses(draft: SchemeDraft, edit: Edit, mistake: str | None, *, wide: bool) -> ft.Control:
    rows: list[ft.Control] = [secondary(t("schemes.bonus_hint"), lines=3)]
    for position, row in enumerate(draft.bonus):
        rows.append(_bonus(row, edit, position, mistake, wide=wide))
    add = text_button(
        t("schemes.add_bonus"), lambda _: edit(lambda before: before.with_new_bonus()), identifier="add-bonus"
    )
    return _card("schemes.bonus_title", [*rows, ft.Row([add])])


def _bonus(row: Typed, edit: Edit, position: int, mistake: str | None, *, wide: bool) -> ft.Control:
    kind = BonusKind(row["kind"])
    head = ft.Row(
        [
            ft.Container(
                choice_chips(
                    [(each.value, word("bonus_kind", each)) for each in BonusKind],
                    kind.value,
                    lambda value: edit(lambda before: before.with_row("bonus", position, "kind", value)),
                    identifier=f"bonus-{position}-kind",
                    one_line=True,
                ),
                expand=True,
            ),
            _remove(edit, "bonus", position),
        ]
    )
    names = ("id", *_PARTS_OF[kind])
    fields = [_row_field(row, edit, "bonus", position, name, mistake) for name in names]
    effects = [
        _row_field(row, edit, "bonus", position, name, mistake) for name in ("multiplier", "fixed", "group")
    ]
    return ft.Container(
        ft.Column([head, _line(fields, wide=wide), _line(effects, wide=wide)], spacing=tokens.SPACE_2),
        border=ft.Border.only(top=ft.BorderSide(1, tokens.LINE)),
        padding=ft.Padding.only(top=tokens.SPACE_2),
    )


def _remove(edit: Edit, group: str, position: int) -> ft.Control:
    return icon_button(
        ft.Icons.CLOSE,
        t("schemes.remove"),
        lambda _: edit(lambda before: before.without_row(group, position)),
        identifier=f"{group}-{position}-remove",
        colour=tokens.SOFT,
    )


def _line(fields: Sequence[ft.Control], *, wide: bool) -> ft.Control:
    """Beside each other on a tablet, under each other on a phone."""
    if not wide:
        stretch = ft.CrossAxisAlignment.STRETCH
        return ft.Column(list(fields), spacing=tokens.SPACE_2, horizontal_alignment=stretch)
    return ft.Row(
        [ft.Container(field, expand=True) for field in fields],
        spacing=tokens.SPACE_2,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _card(title: str, controls: Sequence[ft.Control]) -> ft.Control:
    stretch = ft.CrossAxisAlignment.STRETCH
    return card(
        ft.Column([row_title(t(title)), *controls], spacing=tokens.SPACE_3, horizontal_alignment=stretch)
    )
