"""A second client of the sync protocol in one file: httpx and the standard library, written from docs/protocol.md.

It keeps a person's rows in a SQLite file, works without a network, and syncs when told to:

    python examples/minimal_client.py copy.db login http://127.0.0.1:8000 S001 PASSWORD
    python examples/minimal_client.py copy.db sync
    python examples/minimal_client.py copy.db rows lead
    python examples/minimal_client.py copy.db edit lead ID budget_fen=9000000 'notes="call after six"'
    python examples/minimal_client.py copy.db visit LEAD_ID "looked at three sofas"
    python examples/minimal_client.py copy.db status          (and: refused, drop UNIT, resend UNIT, conflicts, take ID)

What it prints is JSON, one object a line. The exit status is 0 when it did what was asked, 1 when the server or the
network said no (the reason is printed), 2 when it was called wrongly.
"""

import argparse
import json
import sqlite3
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx

UNITS_A_ROUND = 500
SCHEMA = """
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS hub_row (tbl TEXT, id TEXT, body TEXT, is_leaving INTEGER DEFAULT 0, PRIMARY KEY (tbl, id));
CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, body TEXT,
    outcome TEXT DEFAULT 'pending', code TEXT DEFAULT '');
"""
Json = dict[str, Any]
Key = tuple[str, str]


class Refused(Exception):
    """The server answered with an error: the arguments are its status and code."""


class Copy:
    """The rows as the hub last sent them, and the units that it has not taken yet."""

    def __init__(self, path: str) -> None:
        self.sql = sqlite3.connect(path)
        self.sql.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + SCHEMA)

    def read(self, key: str) -> Any:
        """What was last written under `key`, or None."""
        found = self.sql.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
        return json.loads(found[0]) if found else None

    def write(self, **values: Any) -> None:
        """Remember values under their names, in the open transaction."""
        pairs = [(key, json.dumps(value)) for key, value in values.items()]
        self.sql.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", pairs)

    def units(self, *outcomes: str) -> list[Json]:
        """The units with one of these outcomes, oldest first."""
        found = self.sql.execute("SELECT outcome, body FROM outbox ORDER BY seq")
        return [json.loads(body) for outcome, body in found if outcome in outcomes]

    def status(self) -> Json:
        """What waits to be sent, what the hub did not take, which values gave way."""
        refused = len(self.units("refused", "held"))
        return {"pending": len(self.units("pending")), "refused": refused, "conflicts": len(self.conflicts())}

    def conflicts(self) -> list[Json]:
        """The values that gave way and that nobody has looked at."""
        return [row for row in self.rows("conflict").values() if row["state"] == "open"]

    def rows(self, table: str) -> dict[str, Json]:
        """The rows of a table as a person sees them: the hub's, with what is pending on top."""
        found = self.sql.execute("SELECT id, body FROM hub_row WHERE tbl = ?", (table,))
        rows: dict[str, Json] = {row_id: json.loads(body) for row_id, body in found}
        for unit in self.units("pending"):
            for change in unit["changes"]:
                if change["table"] == table and (change["row"] in rows or not change["seen"]):
                    rows.setdefault(change["row"], {}).update(change["fields"])
        return rows

    def act(self, action: str, *changes: Json) -> str:
        """Keep what one action wrote as one unit; it is there before anybody is told that it was done."""
        return self._queue({"action": action, "at_ms": _now_ms(), "schema": 1, "changes": list(changes)})

    def _queue(self, unit: Json) -> str:
        unit_id = uuid.uuid4().hex
        with self.sql:
            body = json.dumps(unit | {"id": unit_id})
            self.sql.execute("INSERT INTO outbox (id, body) VALUES (?, ?)", (unit_id, body))
        return unit_id

    def edit(self, table: str, row_id: str, fields: Json) -> str:
        """Give columns of a row new values."""
        row = self.rows(table).get(row_id)
        if row is None:
            raise SystemExit(f"no row {row_id} of {table} in this copy")
        seen = {name: row.get(name) for name in fields}
        return self.act(f"edit_{table}", _change(table, row_id, fields, seen))

    def visit(self, lead_id: str, note: str) -> str:
        """Log a visit of a lead."""
        lead = self.rows("lead").get(lead_id)
        if lead is None:
            raise SystemExit(f"no lead {lead_id} in this copy")
        visit_id = uuid.uuid4().hex
        fields = {"id": visit_id, "company_id": lead["company_id"], "lead_id": lead_id, "note": note}
        fields |= {"channel": "store_visit", "outcome": "reached"}  # who and when are set by the hub
        return self.act("log_follow_up", _change("followup", visit_id, fields, {}))

    def take(self, conflict_id: str) -> str:
        """Put the value that gave way into its row again, and close the conflict, as one unit."""
        conflict = self.rows("conflict").get(conflict_id)
        if conflict is None or conflict["state"] != "open":
            raise SystemExit(f"no open conflict {conflict_id} in this copy")
        table, row_id, name = conflict["about_table"], conflict["about_id"], conflict["field"]
        row = self.rows(table).get(row_id) or {}
        put_back = _change(table, row_id, {name: json.loads(conflict["lost"])}, {name: row.get(name)})
        closed = _change("conflict", conflict_id, {"state": "taken"}, {"state": "open"})
        return self.act("take_other_value", put_back, closed)

    def settle(self, unit_id: str, *, again: bool) -> None:
        """Drop a unit that was refused or held, or send it again: under a new identifier, as the old one is answered."""
        with self.sql:
            taken = "DELETE FROM outbox WHERE id = ? AND outcome != 'pending' RETURNING body"
            for (body,) in self.sql.execute(taken, (unit_id,)).fetchall():
                if again:
                    self._queue(json.loads(body))

    def sendable(self) -> list[Json]:
        """Pending units, oldest first, but for those that build on a row which a refused unit would have created."""
        lacking = {key for unit in self.units("refused", "held") for key in _inserted(unit)}
        ready = []
        for unit in self.units("pending"):
            if _touched(unit) & lacking or _values(unit) & {row_id for _, row_id in lacking}:
                lacking |= _inserted(unit)
            else:
                ready.append(unit)
        return ready

    def work_in(self, request: Json, answer: Json) -> None:
        """Results, rows that are gone, rows that came, the cursor: in this order and in one transaction."""
        with self.sql:
            for result in answer["results"]:
                kept = "UPDATE outbox SET outcome = ?, code = ? WHERE id = ?"
                self.sql.execute(kept, (result["outcome"], result["code"], result["id"]))
            self.sql.execute("DELETE FROM outbox WHERE outcome = 'applied'")
            if request["pull"]:
                self._take_rows(answer, is_first=not request["cursor"])
                self.write(cursor=answer["cursor"])

    def _take_rows(self, answer: Json, *, is_first: bool) -> None:
        self.sql.execute("UPDATE hub_row SET is_leaving = max(is_leaving, ?)", (is_first,))
        gone = [(group["table"], row_id) for group in answer["gone"] for row_id in group["ids"]]
        self.sql.executemany("UPDATE hub_row SET is_leaving = 1 WHERE tbl = ? AND id = ?", gone)
        for page in answer["rows"]:
            whole = [dict(zip(page["columns"], row, strict=True)) for row in page["rows"]]
            rows = [(page["table"], row["id"], json.dumps(row)) for row in whole]
            self.sql.executemany("INSERT OR REPLACE INTO hub_row (tbl, id, body) VALUES (?, ?, ?)", rows)
        if not answer["more"]:
            pending = {key for unit in self.units("pending") for key in _touched(unit)}
            leaving = set(self.sql.execute("SELECT tbl, id FROM hub_row WHERE is_leaving")) - pending
            self.sql.executemany("DELETE FROM hub_row WHERE tbl = ? AND id = ?", leaving)


class Client:
    """The copy, and the server it belongs to."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self.http = httpx.Client(base_url=copy.read("server") or "", timeout=30)

    def log_in(self, server: str, code: str, password: str) -> Json:
        """Log in, under the identifier that this device was given before, if any."""
        device = {"id": self.copy.read("device_id"), "name": "minimal client", "platform": "python"}
        self.http.base_url = httpx.URL(server)
        answer = self._post("/api/auth/login", {"code": code, "password": password, "device": device})
        staff = answer["staff"]["id"]
        if self.copy.read("staff_id") not in {None, staff}:
            raise SystemExit("this copy belongs to somebody else; begin a new file")
        with self.copy.sql:
            self.copy.write(server=server, device_id=answer["device_id"], staff_id=staff)
            self.copy.write(access=answer["access_token"], refresh=answer["refresh_token"])
        return {"device": answer["device_id"], "staff": answer["staff"]}

    def sync(self, rounds: int, limit: int) -> Json:
        """Rounds until there is no more; each is worked in whole, so being cut off anywhere costs nothing."""
        done = received = 0
        while done < rounds:
            units, cursor = self.copy.sendable(), self.copy.read("cursor") or ""
            request = {"protocol": 1, "device_now_ms": _now_ms(), "cursor": cursor, "limit": limit}
            request |= {"units": units[:UNITS_A_ROUND], "pull": len(units) <= UNITS_A_ROUND}
            request["pending"] = len(self.copy.units("pending"))
            try:
                answer = self._as_caller("/api/sync", request)
            except Refused as refusal:
                if refusal.args[1] != "malformed_cursor" or not cursor:
                    raise
                with self.copy.sql:
                    self.copy.write(cursor="")
                continue
            self.copy.work_in(request, answer)
            done += 1
            received += sum(len(page["rows"]) for page in answer["rows"])
            if request["pull"] and not answer["more"]:
                break
        return {"rounds": done, "received": received, **self.copy.status()}

    def _as_caller(self, path: str, body: Json) -> Json:
        try:
            return self._post(path, body, self.copy.read("access"))
        except Refused as refusal:
            if refusal.args[0] != httpx.codes.UNAUTHORIZED:
                raise
        renewed = self._post("/api/auth/refresh", {"refresh_token": self.copy.read("refresh")})
        with self.copy.sql:  # kept before it is used: a refresh token works once
            self.copy.write(access=renewed["access_token"], refresh=renewed["refresh_token"])
        return self._post(path, body, renewed["access_token"])

    def _post(self, path: str, body: Json, token: str | None = None) -> Json:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.http.post(path, json=body, headers=headers)
        said: Json = answer.json()
        if answer.is_error:
            raise Refused(answer.status_code, str(said.get("code", "")))
        return said


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _change(table: str, row_id: str, fields: Json, seen: Json) -> Json:
    return {"table": table, "row": row_id, "kind": "put", "fields": fields, "seen": seen}


def _touched(unit: Json) -> set[Key]:
    return {(change["table"], change["row"]) for change in unit["changes"]}


def _inserted(unit: Json) -> set[Key]:
    new = [change for change in unit["changes"] if change["kind"] == "put" and not change["seen"]]
    return {(change["table"], change["row"]) for change in new}


def _values(unit: Json) -> set[str]:
    return {v for change in unit["changes"] for v in change["fields"].values() if isinstance(v, str)}


def run(copy: Copy, given: argparse.Namespace) -> Iterator[Any]:
    """Do what was asked; what there is to say about it."""
    match [given.command, *given.words]:
        case ["login", server, code, password]:
            yield Client(copy).log_in(server, code, password)
        case ["sync"]:
            yield Client(copy).sync(given.rounds, given.limit)
        case ["rows", table]:
            yield from copy.rows(table).values()
        case ["edit", table, row_id, *pairs]:
            fields = {name: json.loads(value) for name, _, value in (pair.partition("=") for pair in pairs)}
            yield {"unit": copy.edit(table, row_id, fields)}
        case ["visit", lead_id, note]:
            yield {"unit": copy.visit(lead_id, note)}
        case ["conflicts"]:
            yield from copy.conflicts()
        case ["take", conflict_id]:
            yield {"unit": copy.take(conflict_id)}
        case ["refused"]:
            found = copy.sql.execute("SELECT id, outcome, code FROM outbox WHERE outcome != 'pending'")
            yield from ({"unit": unit, "outcome": outcome, "code": code} for unit, outcome, code in found)
        case ["drop" | "resend", unit_id]:
            copy.settle(unit_id, again=given.command == "resend")
        case ["status"]:
            yield copy.status()
        case _:
            raise SystemExit(__doc__)


def main() -> int:
    """Run one command; the status of the process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("command")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--rounds", type=int, default=10_000, help="stop a sync after so many rounds")
    parser.add_argument("--limit", type=int, default=5_000, help="rows in a page")
    given = parser.parse_args()
    try:
        for said in run(Copy(given.database), given):
            print(json.dumps(said, ensure_ascii=False))
    except (Refused, httpx.TransportError) as error:
        print(json.dumps({"error": type(error).__name__, "reason": str(error)}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
