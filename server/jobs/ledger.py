"""Every night: the ledger is replayed, and compared with the accounts; and a scheme that begins today gives its tiers."""

from typing import Any

import structlog
from sqlmodel import Session, select

from server.domain.loyalty.schemes import refresh_tiers
from server.domain.loyalty.verification import differences
from server.jobs.job import Job, nightly
from shared_models.loyalty.tables import Scheme

_log = structlog.get_logger()


def run(session: Session, now_ms: int) -> dict[str, Any]:
    """Log every difference as an error, and count them."""
    companies = session.exec(select(Scheme.company_id).distinct()).all()
    changed = sum(refresh_tiers(session, company_id, now_ms) for company_id in sorted(companies))
    found = list(differences(session))
    for each in found:
        _log.error(
            "ledger_difference",
            customer_id=each.customer_id,
            what=each.what,
            stored=each.stored,
            replayed=each.replayed,
        )
    return {"differences": len(found), "tiers_changed": changed}


JOB = Job("ledger", run, nightly(0, 40))
