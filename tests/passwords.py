"""Passwords of the people in tests, hashed as the server does but at the least cost."""

from functools import cache

from argon2 import PasswordHasher

_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@cache
def quickly_hashed(password: str) -> str:
    """A hash that the server takes; to be slow is what its own are for, and every test logs somebody in."""
    return _HASHER.hash(password)
