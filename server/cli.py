"""`showfloor`: the server's command line.

showfloor serve                     run the server
showfloor migrate                   bring the database up to date and stop
showfloor create-staff CODE NAME    add a person who can log in
showfloor set-password CODE         change a password
showfloor revoke-device ID          lock a device out
showfloor job NAME                  run a job now that the server runs by itself at set times
showfloor ledger verify             replay the points ledger and compare it with the accounts
showfloor ledger open FILE          enter members' opening balances from a CSV file
showfloor import …, showfloor demo  see their own help
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from server.settings import SettingsError, from_environment

_OPERATING = "server.operating"
COMMANDS = {
    "serve": _OPERATING,
    "migrate": _OPERATING,
    "create-staff": _OPERATING,
    "set-password": _OPERATING,
    "revoke-device": _OPERATING,
    "import": "server.importing.cli",
    "demo": "server.demo.cli",
    "job": "server.jobs.cli",
    "ledger": "server.ledger_cli",
}
"""The module of each command: its `add_parser(subparsers)` sets a `handler(arguments, settings) -> int` for each of its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the status is 0 when it did what was asked."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="showfloor", description="Showfloor's server and its tools.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    # Only what the command needs is imported; all of it to list what there is.
    wanted = [COMMANDS[given[0]]] if given and given[0] in COMMANDS else dict.fromkeys(COMMANDS.values())
    for module in wanted:
        import_module(module).add_parser(commands)
    chosen = parser.parse_args(given)
    try:
        return int(chosen.handler(chosen, from_environment()))
    except SettingsError as error:
        print(f"showfloor: {error}", file=sys.stderr)
        return 2
