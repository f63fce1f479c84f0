"""`showfloor ledger`: replay the ledger and compare, or open the books of members who come with points."""

import argparse
import sys
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from server.app import assemble
from server.domain.loyalty.verification import differences
from server.importing.openings import COLUMNS, read_members, settle_members, take_over
from server.importing.reading import open_source
from server.importing.refusals import FileRefusedError, Refusal
from server.jobs.job import wake
from server.migrate import upgrade
from server.settings import Settings
from shared_models.people.tables import Store
from sync.hub.recorder import SERVER, recording


def add_parser(commands: Any) -> None:
    """Add this module's command to `showfloor`."""
    ledger = commands.add_parser("ledger", help="check the points ledger, or open its books")
    parts = ledger.add_subparsers(dest="part", required=True, metavar="part")
    verify_parser = parts.add_parser("verify", help="replay every member's entries; 1 if something differs")
    verify_parser.add_argument("--member", help="only this member, by identifier")
    verify_parser.set_defaults(handler=verify)
    open_parser = parts.add_parser("open", help="enter opening balances from a CSV file, all or none")
    open_parser.add_argument("file", type=Path)
    open_parser.add_argument("--store", required=True, help="name of the store that new members belong to")
    open_parser.set_defaults(handler=open_books)


def verify(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print every difference between the ledger and the accounts; 0 when there is none."""
    services = assemble(settings)
    try:
        upgrade(services.database)
        found = 0
        with services.database.reading() as session:
            for each in differences(session, arguments.member):
                found += 1
                print(f"{each.customer_id}: {each.what}: stored {each.stored}, replayed {each.replayed}")
    finally:
        services.database.close()
    print(f"{found} differences." if found else "Every account is what its ledger adds up to.")
    return 1 if found else 0


class _OpeningRefused(Exception):
    """Lines of the file cannot be entered, each named with its reason."""


def _open(session: Session, store: Store, file: Path, now_ms: int) -> int:
    """Enter the members of a file, all or none; how many. Raises `_OpeningRefused` or `FileRefusedError`."""
    source = open_source(file.name, file.read_bytes(), "opening_members")
    unknown = set(source.header) - COLUMNS.keys() - set(COLUMNS.values())
    if unknown:
        raise _OpeningRefused(f"line 1: these columns are unknown: {', '.join(sorted(unknown))}")
    members, unreadable, _ = read_members(source)
    taken, refused = settle_members(session, store.company_id, members, store.id)
    if unreadable or refused:
        raise _OpeningRefused("\n".join(map(_line, [*unreadable, *refused])))
    with recording(session, author=SERVER, at_ms=now_ms):
        take_over(session, store.company_id, taken, at_ms=now_ms)
    return len(taken)


def _line(refusal: Refusal) -> str:
    what = f"{refusal.column} {refusal.value!r}: " if refusal.column else ""
    return f"line {refusal.row}: {what}{refusal.sentences()[1]}"


def open_books(arguments: argparse.Namespace, settings: Settings) -> int:
    """Enter the opening balances of a file; 1 when a row is refused, and then nothing was entered."""
    services = assemble(settings)
    try:
        upgrade(services.database)
        with services.database.writing() as session:
            store = session.exec(select(Store).where(Store.name == arguments.store)).first()
            if store is None:
                print(
                    f"showfloor: no store is called {arguments.store}; nothing was entered", file=sys.stderr
                )
                return 1
            count = _open(session, store, arguments.file, services.now_ms())
        wake(services, session)
    except (FileRefusedError, _OpeningRefused) as refused:
        print(f"{refused}\nNothing was entered.", file=sys.stderr)
        return 1
    finally:
        services.database.close()
    print(f"{count} members have their opening balance.")
    return 0
