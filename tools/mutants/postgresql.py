"""One PostgreSQL for all forks: starting one takes longer than most tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tools.mutants.changes import ROOT

_SERVE = """
import sys
from tests.databases import postgresql_server
with postgresql_server() as server:
    print(server.render_as_string(hide_password=False), flush=True)
    sys.stdin.read()
"""


@contextmanager
def serving() -> Iterator[None]:
    """Have the tests that want a PostgreSQL find this one; it ends with the block, or with this process.

    It is started by a process of its own, because nothing of the product may be imported here.
    """
    command = [sys.executable, "-c", _SERVE]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as served:
        assert served.stdin is not None  # noqa: S101 - as it was asked for
        assert served.stdout is not None  # noqa: S101 - as it was asked for
        os.environ["TEST_DATABASE_URL"] = served.stdout.readline().strip()
        try:
            yield
        finally:
            del os.environ["TEST_DATABASE_URL"]
            served.stdin.close()
