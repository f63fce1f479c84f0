"""Versions of a gift beside each other; what differs is marked, and what is planned is said."""

from collections.abc import Sequence
from datetime import time

import flet as ft

from mobile.design.marks import Tone
from mobile.design.states import notice
from mobile.design.type import section_label
from mobile.screens.schemes.comparison import Named, VersionComparison
from mobile.text import formats, t
from shared_models.loyalty.gifts import Terms, says_the_same, version_at
from shared_models.loyalty.tables import GiftVersion


def version_cards(versions: Sequence[GiftVersion], now_ms: int) -> list[ft.Control]:
    """What comes next, then the newest version beside any other; nothing for a gift that was never changed."""
    if len(versions) < 2:
        return []
    in_force = version_at(versions, now_ms)
    named = [(each.id, _named(each, in_force, now_ms)) for each in versions]
    planned = [
        notice(_coming(each), Tone.WARM, identifier=f"planned-{each.version}")
        for each in reversed(planned_versions(versions, now_ms))
    ]
    compared = VersionComparison(named, identifier="compare-gift")
    return [*planned, section_label(t("gift_office.versions")), compared]


def planned_versions(versions: Sequence[GiftVersion], now_ms: int) -> list[GiftVersion]:
    """The versions that will change something: one that begins together with a newer one never holds."""
    coming = [
        each
        for each in versions
        if each.begins_at_ms > now_ms and version_at(versions, each.begins_at_ms) is each
    ]
    return [each for each in coming if _changes_something(each, versions)]


def _changes_something(version: GiftVersion, versions: Sequence[GiftVersion]) -> bool:
    before = version_at(versions, version.begins_at_ms - 1)
    return before is None or not says_the_same(before, version)


def term_facts(terms: Terms) -> dict[str, str]:
    """What is said about a gift, in words by label; the same lines for every version."""
    return {
        t("gift_office.name"): terms.name,
        t("gift_office.points"): formats.count(terms.points),
        t("gift_office.worth"): formats.money(terms.value_fen),
        t("gift_office.min_tier"): terms.min_tier or t("gift_office.everybody"),
        t("gift_office.days"): days_of(terms),
        t("gift_office.state"): t("gift_office.on" if terms.active else "gift_office.off"),
    }


def days_of(terms: Terms) -> str:
    """The first and the last day on which it is offered."""
    if not terms.valid_from and not terms.valid_until:
        return t("gift_office.always")
    return " – ".join(day or "…" for day in (terms.valid_from, terms.valid_until))


def begins(version: GiftVersion) -> str:
    """From when a version holds."""
    if not version.begins_at_ms:
        return t("schemes.from_start")
    local = formats.local(version.begins_at_ms)
    return f"{local:%Y-%m-%d}" if local.time() == time() else f"{local:%Y-%m-%d %H:%M}"


def _named(version: GiftVersion, in_force: GiftVersion | None, now_ms: int) -> Named:
    since = begins(version)
    if version is in_force:
        since = f"{t('schemes.in_force')}\n{since}"
    elif version.begins_at_ms > now_ms:
        since = f"{t('schemes.coming')}\n{since}"
    return Named(t("schemes.version", version=version.version), term_facts(version), since)


def _coming(version: GiftVersion) -> str:
    return t(
        "gift_office.planned",
        moment=begins(version),
        version=version.version,
        points=formats.count(version.points),
    )
