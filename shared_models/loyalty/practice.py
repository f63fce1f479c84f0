"""How tablets work under a version of the scheme: the part of it that changes no figure.

`Scheme.practice` holds a JSON document. Every key is optional.

    {"lease_when": "check_in"}

Whoever publishes is refused a key or a value that is not known. Whoever reads a version takes the default for it: a newer
server may know more, and a device that does not would otherwise refuse the whole version, with all its figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared_models.errors import RuleError
from shared_models.loyalty.document import Section


class LeaseWhen(StrEnum):
    """When a device sets points of a member aside (R11)."""

    BY_HAND = "by_hand"
    """When somebody at the device asks for it."""
    CHECK_IN = "check_in"
    """Also by itself, with a network: for the member who is at the counter."""
    DUE_TODAY = "due_today"
    """And for those whom the person at the device is to follow up today, whose home may have no network."""


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice of one version; its defaults are what ships."""

    lease_when: LeaseWhen = LeaseWhen.BY_HAND


DEFAULT_PRACTICE = Practice()


def parse_practice(document: Mapping[str, Any]) -> Practice:
    """The practice that somebody publishes.

    Refuses a key that it does not know and a value of the wrong form: `RuleError("scheme", key=...)` names the place.
    """
    section = Section(document)
    practice = Practice(lease_when=section.choice("lease_when", LeaseWhen, DEFAULT_PRACTICE.lease_when))
    section.refuse_unread()
    return practice


def read_practice(document: Mapping[str, Any]) -> Practice:
    """The practice of a version that is published; the default for whatever is not known here."""
    try:
        return Practice(
            lease_when=Section(document).choice("lease_when", LeaseWhen, DEFAULT_PRACTICE.lease_when)
        )
    except RuleError:
        return DEFAULT_PRACTICE
