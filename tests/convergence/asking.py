"""Somebody who asks the hub for rows with nothing but a cursor, and what they are handed."""

from collections.abc import Iterator, Sequence
from typing import Any

from sync import wire
from tests.convergence.world import (
    Device,
    World,
)


class Asking:
    """Somebody who asks page after page with nothing but a cursor."""

    def __init__(self, world: World, device: Device, limit: int = 100) -> None:
        self.world, self.device, self.limit, self.cursor = world, device, limit, ""

    def page(self, **said: Any) -> wire.Response:
        given = {"cursor": self.cursor, "limit": self.limit, "protocol": 2, "schema": 99} | said
        answer = self.world.exchange(self.device, wire.Request(self.world.now_ms, **given))
        self.cursor = answer.cursor
        return answer

    def pages(self) -> Iterator[wire.Response]:
        while True:
            answer = self.page()
            yield answer
            if not answer.more:
                return

    def caught_up(self) -> "Asking":
        assert list(self.pages())
        return self


def rows(answers: Sequence[wire.Response], table: str) -> list[str]:
    """The identifiers of the rows of one table, in the order in which they came."""
    return [
        row[page.columns.index("id")]
        for each in answers
        for page in each.rows
        if page.table == table
        for row in page.rows
    ]


def gone(answers: Sequence[wire.Response], table: str) -> list[str]:
    return [row_id for each in answers for page in each.gone if page.table == table for row_id in page.ids]
