"""Closes last year for the designers, once the days for late syncs are over (R9)."""

from server.domain.designers.reviews import review_when_due
from server.jobs.job import Job, nightly

JOB = Job("review_designers", review_when_due, nightly(4))
