"""What the pill says: the connection, what waits, and what a person has to do about it."""

import pytest

from mobile.design.marks import Tone
from mobile.screens.status import status_words
from mobile.state.sync_state import Phase, SyncState
from mobile.text import t


@pytest.mark.parametrize(
    ("code", "pending", "words", "tone"),
    [
        ("unreachable", 0, "status.offline", Tone.WARM),
        ("unreachable", 3, "status.offline_pending", Tone.WARM),
        ("storage_full", 0, "status.full", Tone.DANGER),
        ("storage_full", 3, "status.full_pending", Tone.DANGER),
    ],
)
def test_a_device_without_room_is_not_called_offline(code, pending, words, tone):
    sync = SyncState()
    sync.pending = pending
    sync.enter(Phase.OFFLINE, error_code=code)
    assert status_words(sync) == (t(words, n=pending), tone)
