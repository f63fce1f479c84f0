"""A real server process on a database of its own, filled by the real commands, and what the tests may ask of both."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.e2e.waiting import wait_until
from tests.integration.importing.sources import NAMES, all_files

PASSWORD = "a long word of nobody"
REPOSITORY = Path(__file__).parents[2]
_COMMAND = (sys.executable, "-c", "import sys; from server.cli import main; sys.exit(main())")
_REPEATED_RETURNS = 1
"""The import's status when all but some rows went in: the files name returned orders several times."""


class RunningServer:
    """`showfloor serve` on a free port; its log is kept in a file."""

    def __init__(self, folder: Path, web: Path) -> None:
        """Keep the database in `folder` and serve the built app in `web`."""
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.data = folder / "data"
        self._database = self.data / "showfloor.db"
        self._log = folder / "server.log"
        self._folder = folder
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SHOWFLOOR_")},
            "DATABASE_URL": f"sqlite:///{self._database}",
            "SHOWFLOOR_DATA_DIR": str(self.data),
            "SHOWFLOOR_WEB_DIR": str(web),
            "SHOWFLOOR_PORT": str(self.port),
            "SHOWFLOOR_SMS": "file",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def begin_with(self, data: Path) -> None:
        """Begin with a copy of another server's data, which does not run."""
        shutil.copytree(data, self.data)

    def load(self) -> None:
        """Import the files the product was made for, by the command of the same name."""
        source = self._folder / "files"
        source.mkdir()
        files, _ = all_files()
        for name in NAMES:
            (source / name).write_bytes(files[name])
        errors = self._folder / "import-errors.csv"
        self._run(
            "import",
            "--errors",
            str(errors),
            *(str(source / name) for name in NAMES),
            fine=(0, _REPEATED_RETURNS),
        )

    def let_in(self, *codes: str) -> None:
        """Give these people the password `PASSWORD`."""
        for code in codes:
            self._run("set-password", code, typed=f"{PASSWORD}\n")

    def employ(self, code: str, name: str, role: str) -> None:
        """Add a person to the company of the files, who logs in with `PASSWORD`."""
        company = self.row("SELECT DISTINCT company_id FROM staff")["company_id"]
        arguments = ("create-staff", code, name, "--role", role, "--company", str(company))
        self._run(*arguments, typed=f"{PASSWORD}\n")

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*_COMMAND, "serve"], cwd=REPOSITORY, env=self._environment, stdout=log, stderr=log
            )
        wait_until(self._is_ready, "the server to be ready", 30, self.log)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(timeout=20)

    def log(self) -> str:
        """Everything the server has written."""
        return self._log.read_text(encoding="utf-8")

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """What is in the server's database."""
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(sql, values)]
        finally:
            connection.close()

    def file(self, name: str) -> bytes:
        """What is in the one file of this name in the server's data folder."""
        [found] = self._database.parent.rglob(name)
        return found.read_bytes()

    def row(self, sql: str, **values: Any) -> dict[str, Any]:
        """The one row there must be."""
        [row] = self.rows(sql, **values)
        return row

    def client(self, code: str) -> httpx.Client:
        """HTTP as this person, on a device of their own."""
        client = httpx.Client(base_url=self.address, trust_env=False)
        device = {"name": "test", "platform": "test"}
        answer = client.post("/api/auth/login", json={"code": code, "password": PASSWORD, "device": device})
        answer.raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the server stopped:\n{self.log()}"
        try:
            return httpx.get(f"{self.address}/api/ready", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def _run(self, *arguments: str, typed: str = "", fine: Sequence[int] = (0,)) -> None:
        done = subprocess.run(
            [*_COMMAND, *arguments],
            cwd=REPOSITORY,
            env=self._environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode in fine, (
            f"showfloor {arguments[0]}: {done.stdout[-2_000:]}\n{done.stderr[-4_000:]}"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
