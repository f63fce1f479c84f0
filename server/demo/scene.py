"""What all parts of the demo build on: chance that repeats itself, today, and the rows made so far."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from server.demo.catalogue import Article
from server.importing.planning import Plan
from server.importing.rows import Row
from shared_models.ids import derived_id
from shared_models.moments import DAY_MS, HOUR_MS, day_bounds_ms, local_date

COMPANY = "yunqi"
COMPANY_NAME = "云栖家居"
_SEED = 20_260_301
_OPENS_HOUR, _CLOSES_HOUR = 9, 21


@dataclass(slots=True)
class Scene:
    """The company as it is being made up, on the day of `now_ms`."""

    now_ms: int
    plan: Plan = field(default_factory=lambda: Plan(COMPANY))
    random: Random = field(default_factory=lambda: Random(_SEED))
    stores: list[Row] = field(default_factory=list)
    staff: dict[str, Row] = field(default_factory=dict)
    products: list[tuple[Row, Article]] = field(default_factory=list)
    leads: list[Row] = field(default_factory=list)
    customers: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)

    def make(self, table: str, key: str, **fields: Any) -> Row:
        """Add a row; the same key makes the same identifier on every run."""
        return self.plan.create(table, derived_id(COMPANY, "demo", table, key), fields)

    def sellers_of(self, store: Row) -> list[Row]:
        """The salespeople of a store."""
        return [
            row for row in self.staff.values() if row["store_id"] == store["id"] and row["role"] == "sales"
        ]

    def store_row(self, store_id: str) -> Row:
        """A store by its identifier."""
        return next(store for store in self.stores if store["id"] == store_id)

    def today_ms(self) -> int:
        """The first moment of today."""
        return day_bounds_ms(local_date(self.now_ms))[0]

    def moment(self, days_ago: float) -> int:
        """A moment in opening hours about so many days ago, or ahead if negative; the past never reaches beyond now."""
        day_ms = self.today_ms() - round(days_ago) * DAY_MS
        hour = self.random.uniform(_OPENS_HOUR, _CLOSES_HOUR)
        at_ms = day_ms + round(hour * HOUR_MS)
        return at_ms if days_ago < 0 else min(at_ms, self.now_ms - self.random.randint(5, 90) * 60_000)
