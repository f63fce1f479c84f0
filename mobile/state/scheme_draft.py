"""A draft of the points scheme as it is typed, and the document that it stands for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from shared_models.errors import RuleError
from shared_models.loyalty.practice import DEFAULT_PRACTICE, LeaseWhen, Practice
from shared_models.loyalty.scheme import BonusKind, BonusRule, LoyaltyRules, TierBasis, parse_rules
from shared_models.moments import business_offset, days_after, local_date, local_moment
from shared_models.money import FEN_PER_YUAN, plain_yuan

SUBJECT = "draft"
Typed = dict[str, str]
_EFFECT = {
    "window": ("from", "to"),
    "category": ("category",),
    "campaign": ("campaign",),
    "threshold": ("min_net",),
}
"""The fields that only one kind of bonus has."""


@dataclass(frozen=True, slots=True)
class SchemeDraft:
    """Every figure of the scheme as text; `tiers` and `bonus` one mapping each. `valid_from` is a local day, or now."""

    base_rate: str = ""
    points_per_yuan: str = ""
    unit: str = ""
    cap_percent: str = ""
    expiry_days: str = ""
    grace_days: str = ""
    return_mode: str = ""
    welcome_gift: str = ""
    lease_hours: str = ""
    lease_points: str = "1000"
    gift_floor_percent: str = ""
    hand_over_days: str = ""
    enrol_from: str = "0"
    lease_when: str = LeaseWhen.BY_HAND.value
    tier_basis: str = TierBasis.GROWTH.value
    tiers: tuple[Typed, ...] = ()
    bonus: tuple[Typed, ...] = ()
    first_day: str = ""
    last_day: str = ""
    valid_from: str = ""

    @staticmethod
    def of(rules: LoyaltyRules, now_ms: int, practice: Practice = DEFAULT_PRACTICE) -> "SchemeDraft":
        """What the fields hold before anybody types; the simulator's period is the year up to today."""
        today = local_date(now_ms)
        one = FEN_PER_YUAN if rules.tier_basis == TierBasis.SPENT else 1
        return SchemeDraft(
            base_rate=str(rules.base_rate),
            points_per_yuan=str(rules.offset.points_per_yuan),
            unit=str(rules.offset.unit),
            cap_percent=str(rules.offset.cap_percent),
            expiry_days="" if rules.expiry_days is None else str(rules.expiry_days),
            grace_days=str(rules.grace_days),
            return_mode=rules.return_mode.value,
            welcome_gift=str(rules.welcome_gift),
            lease_hours=str(rules.lease_hours),
            lease_points=str(rules.lease_points),
            gift_floor_percent=str(rules.gift_floor_percent),
            hand_over_days=str(rules.hand_over_days),
            enrol_from=plain_yuan(rules.enrol_from_fen) if rules.enrol_from_fen else "0",
            lease_when=practice.lease_when.value,
            tier_basis=rules.tier_basis.value,
            tiers=tuple(
                {
                    "name": tier.name,
                    "from": str(tier.starts_at // one),
                    "discount_percent": str(tier.discount_percent),
                }
                for tier in rules.tiers
            ),
            bonus=tuple(_typed_bonus(rule) for rule in rules.bonus),
            first_day=days_after(today, -365),
            last_day=today,
        )

    def with_row(self, group: str, position: int, part: str, value: str) -> "SchemeDraft":
        """The draft with one field of a tier or a bonus typed anew."""
        rows = list(getattr(self, group))
        rows[position] = rows[position] | {part: value}
        changes: dict[str, Any] = {group: tuple(rows)}
        return replace(self, **changes)

    def with_text(self, name: str, value: str) -> "SchemeDraft":
        """The draft with one of its single fields typed anew."""
        changes: dict[str, Any] = {name: value}
        return replace(self, **changes)

    def without_row(self, group: str, position: int) -> "SchemeDraft":
        """The draft without one tier or bonus."""
        rows = getattr(self, group)
        changes: dict[str, Any] = {group: (*rows[:position], *rows[position + 1 :])}
        return replace(self, **changes)

    def with_new_tier(self) -> "SchemeDraft":
        """One tier more, above the others."""
        number = len(self.tiers) + 1
        return replace(self, tiers=(*self.tiers, {"name": f"S{number}", "from": "", "discount_percent": "0"}))

    def with_new_bonus(self) -> "SchemeDraft":
        """One bonus more, twice the points for a category to begin with."""
        taken = {row["id"] for row in self.bonus}
        name = next(f"b{n}" for n in range(1, len(taken) + 2) if f"b{n}" not in taken)
        return replace(
            self, bonus=(*self.bonus, {"id": name, "kind": BonusKind.CATEGORY.value, "multiplier": "2"})
        )

    def document(self) -> dict[str, Any]:
        """What is simulated and published; text that is no number stays text, and is refused where it stands."""
        return {
            "base_rate": self.base_rate.strip(),
            "offset": {
                "points_per_yuan": _count(self.points_per_yuan),
                "unit": _count(self.unit),
                "cap_percent": self.cap_percent.strip(),
            },
            "tier_basis": self.tier_basis,
            "tiers": [
                {
                    "name": row["name"].strip(),
                    "from": _count(row["from"]),
                    "discount_percent": row["discount_percent"].strip(),
                }
                for row in self.tiers
            ],
            "bonus": [_bonus(row) for row in self.bonus],
            "expiry_days": _count(self.expiry_days) if self.expiry_days.strip() else None,
            "grace_days": _count(self.grace_days),
            "return_mode": self.return_mode,
            "welcome_gift": _count(self.welcome_gift),
            "lease_hours": _count(self.lease_hours),
            "lease_points": _count(self.lease_points),
            "gift_floor_percent": self.gift_floor_percent.strip(),
            "hand_over_days": _count(self.hand_over_days),
            "enrol_from": self.enrol_from.strip() or "0",
        }

    def practice(self) -> dict[str, Any]:
        """The part that changes no figure, as it is published."""
        return {"lease_when": self.lease_when}

    def rules(self) -> LoyaltyRules:
        """The rules as drafted. Raises `RuleError("scheme", key=…)` for the first field that is wrong."""
        return parse_rules(self.document())

    def mistake(self) -> str | None:
        """The place of the first field that is wrong, such as `tiers.1.from`; None when all are right."""
        try:
            self.rules()
        except RuleError as refused:
            return str(refused.details["key"])
        return None


def _typed_bonus(rule: BonusRule) -> Typed:
    typed = {"id": rule.id, "kind": rule.kind.value, "group": rule.group}
    typed |= {"fixed": str(rule.fixed)} if rule.multiplier is None else {"multiplier": str(rule.multiplier)}
    if rule.kind == BonusKind.WINDOW:
        typed |= {"from": _day(rule.from_ms), "to": _last_day(rule.to_ms)}
    typed |= {"category": rule.category} if rule.kind == BonusKind.CATEGORY else {}
    typed |= {"campaign": rule.campaign} if rule.kind == BonusKind.CAMPAIGN else {}
    return typed | ({"min_net": plain_yuan(rule.min_net_fen)} if rule.kind == BonusKind.THRESHOLD else {})


def _bonus(row: Mapping[str, str]) -> dict[str, Any]:
    """A bonus as the document has it: the fields of its kind alone, and one effect."""
    values: dict[str, Any] = {"id": row["id"].strip(), "kind": row["kind"]}
    if row.get("group", "").strip():
        values["group"] = row["group"].strip()
    for part in _EFFECT[row["kind"]]:
        values[part] = row.get(part, "").strip()
    if row["kind"] == BonusKind.WINDOW:
        values |= {"from": _start(values["from"]), "to": _end(values["to"])}
    if row.get("fixed", "").strip():
        values["fixed"] = _count(row["fixed"])
    if row.get("multiplier", "").strip():
        values["multiplier"] = row["multiplier"].strip()
    return values


def _count(text: str) -> int | str:
    stripped = text.strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() else stripped


def _day(at_ms: int) -> str:
    moment = local_moment(at_ms)
    return local_date(at_ms) if moment.time() == time() else moment.isoformat()


def _last_day(at_ms: int) -> str:
    """The last day of a window that ends at midnight; another end as it stands."""
    day = _day(at_ms)
    return day if "T" in day else days_after(day, -1)


def _start(typed: str) -> str:
    return typed if "T" in typed else _midnight(typed)


def _end(typed: str) -> str:
    if "T" in typed:
        return typed
    try:
        return _midnight(days_after(typed, 1))
    except ValueError:
        return typed


def _midnight(day: str) -> str:
    """The first moment of a local day, as the scheme's document writes it; what is no day stays for it to refuse."""
    return f"{day}T00:00:00{business_offset()}"
