"""When an action cannot be kept, a person reads why, and the app goes on."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from mobile.design import events
from mobile.design.events import guarded, tell_failures
from mobile.state.failures import sentence_for
from mobile.text import error_sentence
from shared_models.errors import RuleError
from sync.sqlite.errors import DiskFullError


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setattr(events, "_told", [])
    heard: list[Exception] = []
    tell_failures(heard.append)
    return heard


def test_a_press_that_fails_is_told_and_does_not_end_the_app(told):
    def press(_event):
        raise RuleError("overpaid", due_fen=1)

    guarded(press)(None)
    assert [sentence_for(error) for error in told] == [error_sentence("overpaid")]


def test_a_press_that_waits_is_guarded_as_well(told):
    async def press(_event):
        raise RuleError("points")

    asyncio.run(guarded(press)(None))
    assert len(told) == 1


def test_nothing_to_press_stays_nothing():
    assert guarded(None) is None


def test_a_full_disk_is_named_as_such():
    full = OperationalError("INSERT", {}, DiskFullError("database or disk is full"))
    assert sentence_for(full) == error_sentence("storage_full")


def test_what_nobody_foresaw_is_logged_and_named(caplog):
    assert "ZeroDivisionError" in sentence_for(ZeroDivisionError())
    assert caplog.records[0].exc_info is not None
