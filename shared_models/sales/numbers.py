"""Numbers that a device can give by itself and a person can read out."""

from shared_models.ids import derived_id
from shared_models.moments import local_moment

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it is mistaken for something else when read out."""


def order_number(order_id: str, at_ms: int) -> str:
    """An order's number: day of sale and six letters of its own."""
    return f"SF-{local_moment(at_ms):%y%m%d}-{_spoken(order_id, 6)}"


def member_number(customer_id: str) -> str:
    """A member's number, made as an order's."""
    return f"M-{_spoken(customer_id, 7)}"


def _spoken(identifier: str, length: int) -> str:
    digits = int(derived_id("spoken", identifier), 16)
    return "".join(_LETTERS[(digits >> 5 * place) & 31] for place in range(length))
