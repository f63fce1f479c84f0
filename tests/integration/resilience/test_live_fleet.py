"""S10 at scale: a fleet of connected devices; `LIVE_DEVICES` and `LIVE_SECONDS` make it large (`make soak`)."""

import os

from bench.live import run
from tests.processes import Command

DEVICES = int(os.environ.get("LIVE_DEVICES", "24"))
SECONDS = float(os.environ.get("LIVE_SECONDS", "5"))


def test_nothing_is_lost_between_edits_reassignments_and_disconnections(migrated_url, tmp_path):
    report = run(migrated_url, tmp_path, DEVICES, SECONDS, start=Command)
    assert report.lost == 0
    assert report.refused == []
    assert report.edits > SECONDS
    assert min(report.reassignments, report.disconnections) > 0
    assert report.delivered_s


def test_nothing_is_lost_when_one_of_two_servers_is_killed(migrated_postgresql_url, tmp_path):
    report = run(migrated_postgresql_url, tmp_path, DEVICES, SECONDS, servers=2, kill_one=True, start=Command)
    assert report.lost == 0
    assert report.delivered_s
