"""What a tablet says about its sync: how much waits, and which values gave way."""

from tests.e2e.lead_page import money
from tests.e2e.tablet import REACT_S, Tablet


def wait_for_pending(tablet: Tablet, count: int, seconds: float = REACT_S) -> None:
    """Wait until the pill at the top of the list says how many actions wait; with 0, that it is online and none does."""

    def says_so() -> bool:
        words = tablet.spoken("status")
        if count:
            return f"{count} 条待同步" in words
        return bool(words.strip()) and "待同步" not in words and "离线" not in words

    tablet.wait_until(says_so, f"{count} actions to be pending", seconds)


def conflict_about_budget(tablet: Tablet, lead_id: str, one_yuan: int, other_yuan: int) -> str:
    """The one conflict in the inbox, which is about the budget of this lead and shows both values; its identifier."""
    tablet.tap("go-sync")
    about = f"conflict-{lead_id}-budget_fen"
    tablet.wait_for(about)
    words = tablet.spoken(about)
    assert money(one_yuan) in words
    assert money(other_yuan) in words
    [take] = tablet.identifiers("take-")
    return take.removeprefix("take-")
