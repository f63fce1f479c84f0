"""Identifiers that any device can make on its own and that sort by the time they were made."""

import uuid_utils


def new_id() -> str:
    """A fresh identifier: UUID version 7, as 32 hexadecimal digits without hyphens (RFC 9562)."""
    return uuid_utils.uuid7().hex


def derived_id(*parts: str) -> str:
    """The identifier that always belongs to these parts, so that deriving a row again finds the same row.

    Version 5 of UUID over the parts joined by a character that cannot occur in an identifier.
    """
    return uuid_utils.uuid5(uuid_utils.NAMESPACE_OID, "\x1f".join(parts)).hex
