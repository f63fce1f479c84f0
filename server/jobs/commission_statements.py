"""Makes the designers' statements of the month that has ended (R10)."""

from server.domain.designers.settlement import settle_month
from server.jobs.job import Job, nightly

JOB = Job("settle_commissions", settle_month, nightly(5))
