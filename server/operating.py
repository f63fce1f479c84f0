"""The commands that run and administer the server: serve, migrate, create-staff, set-password, revoke-device."""

import argparse
import errno
import getpass
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from sqlmodel import Session, col, select

from server.app import assemble
from server.auth.passwords import set_password
from server.demo.log_ins import DEMO_PASSWORD, demo_log_ins, demo_member
from server.migrate import upgrade
from server.services import Services
from server.settings import VARIABLES, Settings
from shared_models.errors import RuleError
from shared_models.people.tables import Role, Staff
from sync.hub.recorder import recording

_SENTENCES = {
    "code_taken": "another person already logs in with the code {login}; give one of the two another code first",
    "password_length": "a password has {shortest} to {longest} characters; nothing was changed",
}


def add_parser(commands: Any) -> None:
    """Add this module's commands to `showfloor`."""
    serve_parser = commands.add_parser("serve", help="run the server")
    serve_parser.add_argument("--host", help="address to listen on (SHOWFLOOR_HOST)")
    serve_parser.add_argument("--port", type=int, help="port to listen on (SHOWFLOOR_PORT)")
    serve_parser.set_defaults(handler=serve)

    migrate_parser = commands.add_parser("migrate", help="bring the database up to date")
    migrate_parser.set_defaults(handler=migrate)

    staff_parser = commands.add_parser("create-staff", help="add a person who can log in")
    staff_parser.add_argument("code", help="what they log in with")
    staff_parser.add_argument("name")
    staff_parser.add_argument("--role", choices=[role.value for role in Role], default=Role.SALES.value)
    staff_parser.add_argument("--company", default="main", help="identifier of the company")
    staff_parser.add_argument("--store", help="identifier of the store they work in")
    staff_parser.set_defaults(handler=create_staff)

    password_parser = commands.add_parser("set-password", help="change a person's password")
    password_parser.add_argument("code", help="what they log in with")
    password_parser.set_defaults(handler=change_password)

    device_parser = commands.add_parser("revoke-device", help="lock a device out")
    device_parser.add_argument("device_id")
    device_parser.set_defaults(handler=revoke_device)


def serve(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the server until it is told to stop."""
    host, port = arguments.host or settings.host, arguments.port or settings.port
    if not _is_free(host, port):
        print(
            f"showfloor: something else listens on {host}:{port} already; nothing was started. "
            "Stop it, or name another port: --port 8001",
            file=sys.stderr,
        )
        return 1
    with _services(settings) as services:
        demo_codes = demo_log_ins(services.database)
        member = demo_member(services.database) if demo_codes else ""
    print(f"Showfloor: http://{host}:{port}", flush=True)
    for code, role in demo_codes:
        print(f"  demo log-in: {code}  {DEMO_PASSWORD}  ({role})", flush=True)
    if member:
        where = (
            "the code is printed here" if settings.sms == "console" else f"the code goes to {settings.sms}"
        )
        print(f"  demo log-in: {member}  (member; {where})", flush=True)
    _keep(settings)
    Server(
        "server.app:app_from_environment",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        factory=True,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()
    return 0


def _is_free(host: str, port: int) -> bool:
    """Whether nobody listens there. The server itself would not notice: its processes share their port on purpose."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As a server does, so that connections of a former one which are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno != errno.EADDRINUSE
    return True


def migrate(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Bring the database up to date."""
    with _services(settings):
        print("The database is up to date.")
    return 0


def create_staff(arguments: argparse.Namespace, settings: Settings) -> int:
    """Add a person and give them a password, asked for or taken from standard input."""
    with _services(settings) as services, services.database.writing() as session:
        now_ms = services.now_ms()
        staff = Staff(
            company_id=arguments.company,
            code=arguments.code,
            name=arguments.name,
            role=arguments.role,
            store_id=arguments.store,
        )
        with recording(session, author=staff.id, at_ms=now_ms):
            session.add(staff)
            session.flush()
        return _give_password(session, staff, now_ms)


def change_password(arguments: argparse.Namespace, settings: Settings) -> int:
    """Change a person's password, asked for or taken from standard input."""
    with _services(settings) as services, services.database.writing() as session:
        found = (
            select(Staff).where(Staff.code == arguments.code, col(Staff.active).is_(True)).order_by(Staff.id)
        )
        staff = session.exec(found).first()
        if staff is None:
            print(
                f"showfloor: nobody active has the code {arguments.code}; nothing was changed",
                file=sys.stderr,
            )
            return 1
        return _give_password(session, staff, services.now_ms())


def revoke_device(arguments: argparse.Namespace, settings: Settings) -> int:
    """Lock a device out, from its next request on."""
    with _services(settings) as services:
        if services.login_desk.revoke(arguments.device_id, now_ms=services.now_ms()):
            return 0
    print(f"showfloor: no device {arguments.device_id}; nothing was changed", file=sys.stderr)
    return 1


def _give_password(session: Session, staff: Staff, now_ms: int) -> int:
    try:
        set_password(session, staff, _asked_password(), now_ms=now_ms)
    except RuleError as error:
        session.rollback()
        print(f"showfloor: {_SENTENCES[error.code].format(**error.details)}", file=sys.stderr)
        return 1
    print(f"{staff.code} can log in.")
    return 0


def _asked_password() -> str:
    """From the terminal without showing it, or the first line of standard input."""
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


@contextmanager
def _services(settings: Settings) -> Iterator[Services]:
    """A server's parts on a database that is up to date."""
    services = assemble(settings)
    try:
        upgrade(services.database)
        yield services
    finally:
        services.database.close()


def _keep(settings: Settings) -> None:
    """Hand the settings to the server's processes, which read the environment themselves."""
    by_field = {name: variable for variable, (name, _) in VARIABLES.items()}
    for each in fields(settings):
        os.environ[by_field[each.name]] = str(getattr(settings, each.name))
