"""`showfloor demo`: a made-up company to try the product on."""

import argparse
import sys
import time
from typing import Any

from server.database import Database
from server.demo.scene import COMPANY_NAME
from server.demo.story import has_company, has_demo, write_demo
from server.migrate import upgrade
from server.settings import Settings


def add_parser(commands: Any) -> None:
    """Add the `demo` command."""
    parser = commands.add_parser("demo", help=f"make up a company, {COMPANY_NAME}, with six weeks of work")
    parser.add_argument(
        "--if-empty", action="store_true", help="do nothing when the database holds a company already"
    )
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the demo company; 1 when it is there already."""
    database = Database(settings.database_url)
    try:
        upgrade(database)
        with database.writing() as session:
            if arguments.if_empty and has_company(session):
                return 0
            if has_demo(session):
                print(
                    f"showfloor: 数据库里已有示例公司{COMPANY_NAME}，没有改动；要重来请换一个空的数据库。\n"
                    f"The demo company is in the database already, nothing was changed; use an empty database to start over.",
                    file=sys.stderr,
                )
                return 1
            scene = write_demo(session, time.time_ns() // 1_000_000)
        leads, customers = len(scene.leads), len(scene.customers)
        print(f"{COMPANY_NAME}: {leads} 条线索 leads, {customers} 位客户 customers")
    finally:
        database.close()
    return 0
