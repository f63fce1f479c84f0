"""Designers at a running server: sales, returns, reviews and statements at stated moments, in yuan as people write them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlmodel import Session, select

from server.domain.designers import levels, reviews, roster, settlement, standing
from server.domain.loyalty import returning, selling
from shared_models.designers.tables import Designer
from shared_models.moments import parse_moment
from shared_models.money import parse_yuan, plain_yuan
from shared_models.sales.pricing import CartLine
from shared_models.stock.tables import ProductKind
from sync.hub.recorder import SERVER, recording
from tests.integration.server.company import COMPANY, Company


@dataclass
class Studio:
    """A company's designers. `at` moves the clock; everything happens at the moment the clock shows."""

    company: Company
    designers: dict[str, str] = field(default_factory=dict)

    def at(self, moment: str) -> "Studio":
        self.company.clock.now_ms = parse_moment(moment)
        return self

    @property
    def now_ms(self) -> int:
        return self.company.clock.now_ms

    @contextmanager
    def acting(self) -> Iterator[Session]:
        with (
            self.company.services.database.writing() as session,
            recording(session, author=SERVER, at_ms=self.now_ms),
        ):
            yield session

    def publish(self, document: dict) -> None:
        with self.acting() as session:
            levels.publish_levels(session, COMPANY, document, valid_from_ms=self.now_ms)

    def take_in(
        self, name: str, level: str | None = None, *, history: str = "0", joined: int | None = None
    ) -> str:
        new = roster.NewDesigner(name=name, level=level, history_fen=parse_yuan(history), joined_year=joined)
        with self.acting() as session:
            designer = roster.take_in(session, COMPANY, new, staff_id=None, now_ms=self.now_ms)
        self.designers[name] = designer.id
        return designer.id

    def sell(
        self, order_id: str, designer: str | None, *, pay: str | None = None, service: str = "", **lines: str
    ) -> None:
        """Lines by identifier and price; `service` adds a service of that price."""
        cart = [CartLine(f"{order_id}-{line}", parse_yuan(price)) for line, price in lines.items()]
        if service:
            cart.append(CartLine(f"{order_id}-service", parse_yuan(service), kind=ProductKind.SERVICE))
        sale = selling.NewSale(
            COMPANY, self.company.ids["north"], self.company.ids["S001"], self.company.ids["customer"], tuple(cart),
            order_id=order_id, designer_id=designer and self.designers[designer], pay_fen=None if pay is None else parse_yuan(pay),
        )  # fmt: skip
        with self.acting() as session:
            selling.sell(session, sale, now_ms=self.now_ms)

    def pay(self, order_id: str, amount: str) -> None:
        with self.acting() as session:
            selling.take_payment(
                session,
                order_id,
                parse_yuan(amount),
                staff_id=self.company.ids["S001"],
                method="card",
                now_ms=self.now_ms,
            )

    def preview(self, order_id: str, *lines: str) -> str:
        with self.acting() as session:
            figures = returning.preview_return(
                session, order_id, [f"{order_id}-{line}" for line in lines], now_ms=self.now_ms
            )
        return plain_yuan(figures.commission_fen)

    def give_back(self, order_id: str, *lines: str) -> str:
        """The change of the commission; a preview has to have said the same."""
        foretold = self.preview(order_id, *lines)
        with self.acting() as session:
            _, figures = returning.post_return(
                session, order_id, [f"{order_id}-{line}" for line in lines], staff_id=self.company.ids["S001"], now_ms=self.now_ms
            )  # fmt: skip
        assert plain_yuan(figures.commission_fen) == foretold
        return foretold

    def review(self, year: int) -> dict[str, str]:
        with self.acting() as session:
            given = reviews.review_year(session, COMPANY, year, now_ms=self.now_ms)
        return {name: given[found] for name, found in self.designers.items() if found in given}

    def settle(self, designer: str) -> tuple[str, str, str]:
        """Settle with everybody; total, pay-out and carry of one."""
        with self.acting() as session:
            settled = settlement.settle_commissions(session, COMPANY, now_ms=self.now_ms)
        made = settled[self.designers[designer]].settlement
        return plain_yuan(made.total_fen), plain_yuan(made.pay_fen), plain_yuan(made.carry_fen)

    def owed(self, designer: str) -> dict[str, str]:
        with self.company.services.database.reading() as session:
            owed = standing.owed_to(session, self.designers[designer], self.now_ms)
        return {
            "pending": plain_yuan(owed.pending_fen), "payable": plain_yuan(owed.payable_fen),
            "paid": plain_yuan(owed.paid_fen), "carry": plain_yuan(owed.carry_fen),
        }  # fmt: skip

    def year(self, designer: str, year: int) -> tuple[str, str, str, str]:
        """Level, rate, performance and commission."""
        with self.company.services.database.reading() as session:
            row = session.exec(select(Designer).where(Designer.id == self.designers[designer])).one()
            found = standing.year_of(session, row, year, self.now_ms)
        figures = found.figures
        return (
            found.level,
            str(found.rate_percent),
            plain_yuan(figures.performance_fen),
            plain_yuan(figures.commission_fen),
        )
