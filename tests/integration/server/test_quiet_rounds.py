"""A round without news writes nothing, and is still refused to whoever may not sync any more (S5)."""

from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from server.sightings import write_sightings
from shared_models.people.tables import Staff
from sync import wire
from sync.hub.recorder import recording
from sync.hub.sightings import Sighting
from sync.hub.tables import SyncDevice
from tests.e2e.waiting import wait_until
from tests.integration.server.company import Company


class Caller:
    """A device that asks for rounds without units."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.said = company.tokens()
        self.cursor = ""

    def round(self, pending: int = 0) -> Any:
        request = wire.Request(
            device_now_ms=self.company.clock.now_ms, cursor=self.cursor, pending=pending, schema=99
        )
        headers = {"Authorization": f"Bearer {self.said['access_token']}", "Content-Type": wire.MSGPACK}
        reply = self.company.client.post("/api/sync", content=wire.encode(request), headers=headers)
        if reply.status_code == 200:
            self.cursor = wire.decode_response(reply.content).cursor
        return reply

    def copied(self) -> "Caller":
        while wire.decode_response(self.round().content).more:
            pass
        return self

    def device(self) -> SyncDevice:
        with self.company.services.database.reading() as session:
            return session.get_one(SyncDevice, self.said["device_id"])

    def told_of(self) -> Any:
        """The device as those in charge are told of it."""
        devices = self.company.client.get("/api/devices", headers=self.company.headers("M001")).json()
        [mine] = [each for each in devices if each["id"] == self.said["device_id"]]
        return mine


def test_a_round_without_news_leaves_the_device_as_it_was_noted_until_half_a_minute_has_passed(company):
    caller = Caller(company).copied()
    noted = caller.told_of()["last_seen_at_ms"]
    company.clock.forward(seconds=29)
    assert caller.round().status_code == 200
    assert (caller.told_of()["last_seen_at_ms"], caller.told_of()["lag_ms"]) == (noted, 29_000)
    company.clock.forward(seconds=1)
    caller.round()
    assert caller.told_of()["last_seen_at_ms"] == company.clock.now_ms == noted + 30_000
    assert caller.told_of()["lag_ms"] == 0


def test_that_a_device_called_is_written_without_anybody_asking(company):
    caller = Caller(company).copied()
    company.clock.forward(seconds=30)
    caller.round()
    wait_until(lambda: caller.device().last_seen_at_ms == company.clock.now_ms, "the sighting", seconds=20)


def test_hundreds_of_devices_that_call_cost_one_transaction_for_all_of_them(company):
    callers = [Caller(company).copied() for _ in range(3)]
    company.client.get("/api/devices", headers=company.headers("M001"))
    seen = company.services.hub.seen
    for number, caller in enumerate(callers):
        at_ms = company.clock.now_ms + number
        seen.note(caller.said["device_id"], Sighting(at_ms, 7, 8, at_ms))
        seen.note(caller.said["device_id"], Sighting(at_ms + 1, 7, 8))
    commits: list[Any] = []
    event.listen(company.services.database.engine, "commit", commits.append)
    write_sightings(company.services)
    write_sightings(company.services)
    assert len(commits) == 1
    rows = [caller.device() for caller in callers]
    assert [row.last_seen_at_ms for row in rows] == [company.clock.now_ms + n + 1 for n in range(3)]
    assert [row.caught_up_at_ms for row in rows] == [company.clock.now_ms + n for n in range(3)]
    assert {(row.skew_ms, row.storage_bytes) for row in rows} == {(7, 8)}


def test_what_a_device_still_has_to_send_is_noted_at_once(company):
    caller = Caller(company).copied()
    caller.round(pending=7)
    assert caller.device().pending == 7


def test_a_device_that_was_revoked_is_refused_a_round_without_news(company):
    caller = Caller(company).copied()
    with company.services.database.writing() as session:
        session.get_one(SyncDevice, caller.said["device_id"]).revoked_at_ms = company.clock.now_ms
    assert (caller.round().status_code, caller.round().json()["code"]) == (401, "device_revoked")


def test_a_person_who_moved_is_handed_their_new_scopes_by_the_next_round(company):
    caller = Caller(company).copied()
    south = company.ids["south"]
    with company.services.database.writing() as session:
        _move(session, caller.said["staff"]["id"], south, company.clock.now_ms)
    answer = wire.decode_response(caller.round().content)
    assert f"store:{south}" in answer.scopes
    assert f"store:{south}" in caller.device().granted


def _move(session: Session, staff_id: str, store_id: str, at_ms: int) -> None:
    with recording(session, author="office", at_ms=at_ms):
        session.get_one(Staff, staff_id).store_id = store_id
