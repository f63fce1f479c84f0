"""`showfloor job NAME`: run a job now, from the command line."""

import argparse
import json
from typing import Any

from server.app import assemble
from server.jobs.job import jobs, run_job
from server.migrate import upgrade
from server.settings import Settings


def add_parser(commands: Any) -> None:
    """Add this module's command to `showfloor`."""
    parser = commands.add_parser("job", help="run a job now that the server runs by itself at set times")
    parser.add_argument("name", choices=sorted(jobs()))
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run one job and print what it did."""
    services = assemble(settings)
    try:
        upgrade(services.database)
        print(json.dumps(run_job(services, jobs()[arguments.name]), ensure_ascii=False))
    finally:
        services.database.close()
    return 0
