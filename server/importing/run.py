"""One import, top to bottom: read, draft, complete, compare, write. Nothing is written unless everything was."""

from collections.abc import Callable, Sequence

from sqlalchemy import text
from sqlmodel import Session

from server.importing.designers import enter_levels, settle_designers
from server.importing.drafting import Drafts, draft_file
from server.importing.leads import assign_leads
from server.importing.loyalty import Ledger, credit_orders, enter_scheme, scheme_in_force, scheme_versions
from server.importing.mapping import Mapping
from server.importing.openings import read_members, settle_members, take_over, with_members
from server.importing.planning import Plan, plan, refuse_unknown_references
from server.importing.reading import SourceFile
from server.importing.report import Report, report_of
from server.importing.returns import post_returns, settle_returns
from server.importing.sales import settle_orders
from server.importing.saving import save
from server.importing.staffing import require_sellers, staff_the_stores
from sync.hub.recorder import SERVER, recording

_THINKING_MS = 120_000

Progress = Callable[[str, int, int], None]
"""Told the step (`reading`, `comparing`, `writing`), how much of it is done, and how much there is."""


def silent(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def draft_files(sources: Sequence[SourceFile], company_id: str, progress: Progress = silent) -> Drafts:
    """Read all files, those first that others refer to, whatever the order in which they are given. Touches no database."""
    drafts = Drafts(company_id)
    total = sum(source.text.count("\n") for source in sources)
    for source in sorted(sources, key=lambda source: (source.mapping.rank, source.name)):
        if source.mapping.opens_books:
            _draft_members(drafts, source)
        else:
            draft_file(drafts, source, lambda done: progress("reading", min(done, total), total))
    progress("reading", total, total)
    return drafts


def import_drafts(
    session: Session,
    drafts: Drafts,
    sources: Sequence[SourceFile],
    *,
    now_ms: int,
    author: str = "",
    dry_run: bool = False,
    progress: Progress = silent,
) -> Report:
    """Bring the books in line with what the files say, within the session's transaction, which the caller commits.

    Running the same files again creates and changes nothing. A dry run reports the same and writes nothing. `author` is
    the staff member who imports. Raises `FileRefusedError` when nobody in the company could hold what is imported.
    """
    mappings = sorted(
        {source.mapping.name: source.mapping for source in sources}.values(), key=lambda each: each.rank
    )
    progress("comparing", 0, 1)
    made = _planned(session, drafts, mappings, now_ms)
    progress("comparing", 1, 1)
    if not dry_run:
        total = sum(len(each.created) for each in made.tables.values())
        save(
            session, made, author=author, at_ms=now_ms, progress=lambda done: progress("writing", done, total)
        )
    taken, refused = settle_members(session, drafts.company_id, drafts.members)
    if not dry_run:
        with recording(session, author=author or SERVER, at_ms=now_ms):
            take_over(session, drafts.company_id, taken, at_ms=now_ms)
    files = {source.name: source.mapping.name for source in sources}
    refusals = sorted([*drafts.refusals, *refused], key=lambda refusal: (refusal.file, refusal.row))
    report = report_of(made, refusals, files, drafts.rows_read, dry_run=dry_run)
    return with_members(report, taken)


def _draft_members(drafts: Drafts, source: SourceFile) -> None:
    members, refusals, rows_read = read_members(source)
    drafts.members += members
    drafts.refusals += refusals
    drafts.rows_read += rows_read


def _take_time(session: Session) -> None:
    """Let PostgreSQL wait while this transaction thinks: working out tens of thousands of rows takes some seconds.

    It holds back nobody's feed until it locks the members' accounts, which is the last step before it writes.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {_THINKING_MS}"))


def _planned(session: Session, drafts: Drafts, mappings: list[Mapping], now_ms: int) -> Plan:
    refuse_unknown_references(session, drafts)
    workforce = staff_the_stores(session, drafts, mappings)
    require_sellers(drafts, workforce)
    assign_leads(session, drafts, workforce, mappings, now_ms)
    scheme = scheme_in_force(session, drafts.company_id, now_ms)
    openings = settle_designers(session, drafts, now_ms)
    orders = settle_orders(session, drafts, workforce, mappings, scheme.id)
    returned = settle_returns(session, drafts)
    made = plan(session, drafts)
    enter_scheme(made, scheme)
    enter_levels(made, openings, now_ms)
    ledger = Ledger(made)
    customers = {order.fields["customer_id"] for order in orders} | {each.customer_id for each in returned}
    ledger.load(session, customers)
    credit_orders(ledger, drafts, scheme, orders)
    post_returns(ledger, returned, scheme_versions(session, drafts.company_id, scheme))
    ledger.close(scheme.rules)
    return made
