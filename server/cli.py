"""`showfloor`: the server's command line.

showfloor serve                     run the server
showfloor migrate                   bring the database up to date and stop
showfloor create-staff CODE NAME    add a person who can log in
showfloor set-password CODE         change a password
showfloor revoke-device ID          lock a device out
showfloor import …, showfloor demo  see their own help
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from server.settings import SettingsError, from_environment

PARTS = ("server.operating", "server.importing.cli", "server.demo.cli")
"""Modules with commands: each has `add_parser(subparsers)`, whose commands set `handler(arguments, settings) -> int`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the status is 0 when it did what was asked."""
    parser = argparse.ArgumentParser(prog="showfloor", description="Showfloor's server and its tools.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name in PARTS:
        import_module(name).add_parser(commands)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.handler(chosen, from_environment()))
    except SettingsError as error:
        print(f"showfloor: {error}", file=sys.stderr)
        return 2
