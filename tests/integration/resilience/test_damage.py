"""A damaged or full database on a device: noticed, unsent work rescued, nothing wrong ever read, a sentence for the person.

`DAMAGES` sets the number of bit flips and truncations, `DAMAGE_SEED` the seed.
"""

import os
import random
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from mobile.state import rescue
from mobile.state.database import DeviceStorage, open_engine
from mobile.state.failures import sentence_for
from mobile.state.local import LocalFacts
from mobile.state.rescue import open_sound
from mobile.text import error_sentence
from shared_models.sales.tables import FollowUp, Lead
from sync.device.replica import Replica
from sync.schema import catalogue
from sync.sqlite.errors import DamagedError, DiskFullError
from tests.convergence.world import World, make_customer, make_follow_up, make_lead

DAMAGES = int(os.environ.get("DAMAGES", "30"))
SEED = int(os.environ.get("DAMAGE_SEED", "1"))
KEY = "0f" * 32
UNITS = 12


class Tablet:
    """A device of a world with its encrypted file, 300 rows and unsent actions, closed."""

    def __init__(self, folder: Path) -> None:
        self.world = World()
        with self.world.office() as session:
            session.add_all([make_customer(name=f"客户{n}") for n in range(200)])
            session.add_all([make_lead(name=f"线索{n}") for n in range(100)])
        self.device = self.world.device("A", "amy")
        self.device.engine.dispose()
        self.file = folder / "app.db"
        self.device.engine = open_engine(str(self.file), KEY)
        self.device.open()
        self.device.replica.register(device_id="A", staff_id="amy", company_id="acme")
        LocalFacts(self.device.engine).write("person", {"id": "amy"})
        self.device.sync()
        with self.device.replica.reading() as session:
            leads = session.scalars(select(Lead.id).limit(UNITS)).all()
        for number, lead in enumerate(leads):
            with self.device.act("visit") as session:
                held = session.get(Lead, lead)
                held.notes = f"第{number}次来"
                session.add(make_follow_up(held, note=f"看了{number}款", at_ms=self.world.now_ms))
        self.units = self.device.replica.pending_units()
        self.rows = everything(self.device.engine)
        self.device.engine.dispose()
        self.sound = self.file.read_bytes()

    def damaged(self, chance: random.Random) -> str:
        """Damage the file in one place or some; what was done."""
        for each in self.file.parent.iterdir():
            each.unlink()
        body = bytearray(self.sound)
        if chance.random() < 0.3:
            at = chance.randrange(len(body))
            self.file.write_bytes(body[:at])
            return f"cut to {at} bytes"
        places = [chance.randrange(len(body)) for _ in range(chance.choice((1, 1, 2, 8)))]
        for at in places:
            body[at] ^= 1 << chance.randrange(8)
        self.file.write_bytes(body)
        return f"bits flipped at {places}"


def everything(engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            name: sorted(tuple(map(str, row)) for row in connection.execute(select(spec.table)))
            for name, spec in catalogue().items()
        }


@pytest.fixture(scope="module")
def tablet(tmp_path_factory):
    return Tablet(tmp_path_factory.mktemp("tablet"))


def test_damage_is_noticed_and_what_can_be_read_of_the_unsent_work_is_rescued_word_for_word(tablet):
    chance = random.Random(SEED)
    rescued = whole = 0
    for number in range(DAMAGES):
        done = f"DAMAGE_SEED={SEED} damage {number}: {tablet.damaged(chance)}"
        engine, rescue = open_sound(DeviceStorage(str(tablet.file), KEY))
        if rescue is None:
            assert everything(engine) == tablet.rows, done  # the damage touched nothing that is in use
            whole += 1
        else:
            replica = Replica.open(engine, now_ms=lambda: tablet.world.now_ms)
            kept = replica.pending_units()
            by_id = {unit.id: unit for unit in tablet.units}
            assert all(unit == by_id[unit.id] for unit in kept), done
            assert [unit.id for unit in kept] == [unit.id for unit in tablet.units if unit in kept], done
            assert len(kept) == rescue.kept, done
            if rescue.is_certain:
                assert rescue.kept + rescue.lost == UNITS, done
            assert str(rescue.kept) in rescue.sentence(), done
            assert list(tablet.file.parent.glob("app.db.damaged-*")), done
            rescued += rescue.kept
        engine.dispose()
    assert whole < DAMAGES // 2
    assert rescued > DAMAGES * UNITS // 3  # most damage leaves the outbox readable


def test_after_a_rescue_the_unsent_work_is_delivered_and_the_copy_is_whole_again(tmp_path):
    tablet = Tablet(tmp_path)
    body = bytearray(tablet.sound)
    with_a_lead = next(at for at in range(len(body) // 2, len(body), 4_096))
    body[with_a_lead] ^= 1
    tablet.file.write_bytes(body)
    tablet.device.engine, rescue = open_sound(DeviceStorage(str(tablet.file), KEY))
    assert rescue is not None
    assert LocalFacts(tablet.device.engine).read("person") == {"id": "amy"}
    tablet.device.open()
    assert (tablet.device.replica.device_id, tablet.device.replica.staff_id) == ("A", "amy")
    with tablet.device.replica.reading() as session:
        assert len(session.scalars(select(FollowUp.id)).all()) == rescue.kept  # what was new is shown at once
    tablet.device.sync()
    fresh = tablet.world.device("F", "amy")
    fresh.sync()
    assert everything(tablet.device.engine) == everything(fresh.engine)
    assert len(tablet.world.all(FollowUp)) == rescue.kept
    assert tablet.device.replica.status().pending == 0
    tablet.device.engine.dispose()


def test_a_page_that_is_damaged_while_the_app_runs_is_never_read_as_something_else(tmp_path):
    tablet = Tablet(tmp_path)
    engine = open_engine(str(tablet.file), KEY)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema")
    body = bytearray(tablet.sound)
    for at in range(4_096 * 8, len(body), 4_096):
        body[at + 100] ^= 1
    tablet.file.write_bytes(body)
    with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
        connection.execute(select(Lead.__table__)).all()
    assert isinstance(caught.value.orig, DamagedError)
    assert sentence_for(caught.value) == error_sentence("database_damaged")
    engine.dispose()


@pytest.mark.parametrize("step", range(5))
def test_a_rescue_that_is_killed_anywhere_is_finished_by_the_next_start(tmp_path, monkeypatch, step):
    tablet = Tablet(tmp_path)
    body = bytearray(tablet.sound)
    body[len(body) * 3 // 4] ^= 1
    tablet.file.write_bytes(body)
    steps = [
        (rescue.salvaging, "put_in"),
        (rescue, "_take_place"),
        (rescue, "_put_aside"),
        (Path, "replace"),
        (rescue, "_rescue_to_tell"),
    ]

    class Killed(BaseException):
        pass

    def die(*_given):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*steps[step], die)
        with pytest.raises(Killed):
            open_sound(DeviceStorage(str(tablet.file), KEY))
    engine, done = open_sound(DeviceStorage(str(tablet.file), KEY))
    assert done is not None
    assert done.kept + done.lost == UNITS
    kept = Replica.open(engine, now_ms=lambda: tablet.world.now_ms).pending_units()
    by_id = {unit.id: unit for unit in tablet.units}
    assert len(kept) == done.kept
    assert all(unit == by_id[unit.id] for unit in kept)
    engine.dispose()
    engine, again = open_sound(DeviceStorage(str(tablet.file), KEY))
    assert again is None  # it is told once
    engine.dispose()


def test_where_files_have_fixed_names_a_rescue_killed_while_it_is_copied_is_copied_again(
    tmp_path, monkeypatch
):
    """A browser's files cannot be renamed; the same steps on an ordinary disk."""
    tablet = Tablet(tmp_path)
    body = bytearray(tablet.sound)
    body[len(body) * 3 // 4] ^= 1
    tablet.file.write_bytes(body)
    monkeypatch.setattr(rescue, "IS_BROWSER", True)

    class Killed(BaseException):
        pass

    def half_a_copy(source, target):
        target.write(source.read()[:5_000])
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(rescue.shutil, "copyfileobj", half_a_copy)
        with pytest.raises(Killed):
            open_sound(DeviceStorage(str(tablet.file), KEY))
    engine, done = open_sound(DeviceStorage(str(tablet.file), KEY))
    assert done is not None
    assert done.kept == len(Replica.open(engine, now_ms=lambda: tablet.world.now_ms).pending_units()) > 0
    engine.dispose()
    assert [each.name for each in tmp_path.iterdir()] == ["app.db"]


def test_a_whole_database_is_left_alone(tmp_path):
    tablet = Tablet(tmp_path)
    engine, rescue = open_sound(DeviceStorage(str(tablet.file), KEY))
    assert rescue is None
    assert everything(engine) == tablet.rows
    engine.dispose()


class TestFullDisk:
    """`max_page_count` makes the file as full as a disk would."""

    @pytest.fixture
    def tablet(self, tmp_path):
        tablet = Tablet(tmp_path)
        tablet.device.engine = open_engine(str(tablet.file), KEY)
        tablet.device.open()
        yield tablet
        tablet.device.engine.dispose()

    def test_an_action_a_sync_and_a_fact_are_told_rolled_back_and_work_once_there_is_room(self, tablet):
        device, before = tablet.device, tablet.rows
        with tablet.world.office() as session:
            session.add_all([make_customer(name=f"新客{n}" * 30) for n in range(400)])
        fill(device.engine)

        def act():
            with device.act() as session:
                session.add(make_lead(notes="长" * 20_000))

        for write in (act, device.sync, lambda: LocalFacts(device.engine).write("draft", "长" * 20_000)):
            with pytest.raises(DBAPIError) as caught:
                write()
            assert isinstance(caught.value.orig, DiskFullError)
            assert sentence_for(caught.value) == error_sentence("storage_full")
        assert LocalFacts(device.engine).read("draft") is None

        device.engine.dispose()
        device.engine, rescue = open_sound(DeviceStorage(str(tablet.file), KEY))
        assert rescue is None
        device.open()
        assert {unit.id for unit in tablet.units} >= {unit.id for unit in device.replica.pending_units()}
        assert len(everything(device.engine)["lead"]) == len(before["lead"])
        act()
        device.sync()
        assert device.replica.status().pending == 0
        fresh = tablet.world.device("F", "amy")
        fresh.sync()
        assert everything(device.engine) == everything(fresh.engine)


def fill(engine) -> None:
    """Let the file grow no further."""
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
