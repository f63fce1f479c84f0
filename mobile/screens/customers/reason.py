"""Why points moved, in words."""

from mobile.text import word
from shared_models.loyalty.ledger import WELCOME
from shared_models.loyalty.tables import EntryKind


def reason(kind: str, rule: str) -> str:
    """The word for what happened; with the rule's own name where the scheme has one."""
    why = word("entry", WELCOME if rule == WELCOME else kind)
    if rule == WELCOME:
        return why
    return (
        f"{why} · {rule}" if rule and kind in {EntryKind.BONUS, EntryKind.ADJUST, EntryKind.ACTIVITY} else why
    )
