"""The smallest app with a database: it tells how many rows it has, and a button writes and commits one more."""

import random

import apsw
import flet as ft
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from mobile.state.database import device_storage, open_engine
from mobile.state.http import async_client, server_address
from shared_models.ids import new_id


def count_rows(engine: Engine) -> int:
    """Rows that are in the device's database."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, words TEXT)"))
        return int(connection.execute(text("SELECT count(*) FROM note")).scalar_one())


async def live_lines() -> str:
    """The lines of the live stream, as they came."""
    async with async_client(server_address()) as client, client.stream("GET", "/api/live") as answer:
        return ",".join([line async for line in answer.aiter_lines() if line])


def main(page: ft.Page) -> None:
    """Show the count and the two buttons."""
    storage = device_storage()
    engine = open_engine(storage.path, storage.hexkey)
    rows = ft.Text(f"rows {count_rows(engine)}")
    live = ft.Text("live ?")
    chance = ft.Text(f"chance {random.random()} {apsw.randomness(8).hex()} {new_id()[-8:]}")

    def write(_event: ft.Event) -> None:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO note (words) VALUES ('张伟 13800138000')"))
        rows.value = f"rows {count_rows(engine)}"
        page.update()

    def fill(_event: ft.Event) -> None:
        try:
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO note (words) VALUES (randomblob(30000000))"))
            rows.value = "rows: no limit met"
        except DatabaseError as error:
            rows.value = f"{type(error.orig).__name__}, rows {count_rows(engine)}"
        page.update()

    async def listen(_event: ft.Event) -> None:
        try:
            live.value = f"live {await live_lines()}"
        except Exception as error:  # noqa: BLE001 - the test looks at the kind
            live.value = f"live {type(error).__name__}"
        page.update()

    page.add(
        rows,
        live,
        chance,
        ft.Button("write", on_click=write),
        ft.Button("listen", on_click=listen),
        ft.Button("fill", on_click=fill),
    )


if __name__ == "__main__":
    ft.run(main)
