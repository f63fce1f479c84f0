"""Whom the scheme's rule sets points aside for on this device, and what became of it."""

import flet as ft


class CheckedIn(ft.Observable):
    """Written by `mobile.state.check_in`, read by the place where the lease is shown. Members by their identifiers."""

    def __init__(self) -> None:
        """Nobody yet."""
        self.customer_id = ""
        """Who was checked in last."""
        self.due: frozenset[str] = frozenset()
        """Who is expected today, where the rule counts them."""
        self.leases: dict[str, frozenset[str]] = {}
        """The leases that the rule took, by member."""
        self.failures: dict[str, str] = {}
        """The code of why no points were set aside, by member."""
        self.declined: frozenset[str] = frozenset()
        """Whose points somebody gave back by hand: the rule leaves them alone until they check in again."""
        self.asking = ""
        """For whom the server is being asked."""

    def forget(self) -> None:
        """Somebody else uses this device now."""
        self.customer_id, self.leases, self.failures = "", {}, {}
        self.due = self.declined = frozenset()
