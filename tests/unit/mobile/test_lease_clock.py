"""The moment of what a person does is remembered with it, in one transaction, and never set back (R11)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from mobile.state.application import App
from mobile.state.lease_clock import LeaseClock
from shared_models.sales.tables import Lead
from tests.unit.mobile.showroom import NOW, open_showroom

HOUR_MS = 3_600_000


class Steady:
    """A clock that nobody sets, and how far it went."""

    now_ms = 0


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The app, which heard from the server an hour ago by a clock that cannot be set."""
    with open_showroom(tmp_path) as opened:
        steady = Steady()
        opened.lease_clock = LeaseClock(opened.facts, lambda: NOW, lambda: steady.now_ms)
        opened.lease_clock.heard(NOW)
        steady.now_ms = HOUR_MS
        yield opened


def edit(app: App, region: str) -> None:
    with app.action("edit_lead") as session:
        session.get_one(Lead, "zhou").region = region


def noted_ms(app: App) -> int:
    """What a restart finds, with a device's clock that was set back."""
    return LeaseClock(app.facts, lambda: NOW - HOUR_MS).now_ms()


def test_an_action_and_its_moment_are_kept_by_one_commit(app: App) -> None:
    commits: list[object] = []
    event.listen(app.engine, "commit", commits.append)
    edit(app, "福田")
    assert len(commits) == 1
    assert noted_ms(app) == NOW + HOUR_MS


def test_the_moment_of_an_action_that_was_not_kept_is_not_remembered_by_it(app: App) -> None:
    with pytest.raises(RuntimeError, match="given up"), app.action("edit_lead"):
        raise RuntimeError("given up")
    assert noted_ms(app) == NOW
    edit(app, "福田")
    assert noted_ms(app) == NOW + HOUR_MS


def test_what_asks_for_the_moment_itself_has_it_noted_at_once(app: App) -> None:
    assert app.lease_clock.note() == NOW + HOUR_MS == noted_ms(app)


def test_a_device_that_was_wiped_knows_no_moment(app: App) -> None:
    edit(app, "福田")
    app._start_over()
    assert app.lease_clock.now_ms() == NOW
    assert app.facts.read("lease_clock") is None
