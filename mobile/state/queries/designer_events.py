"""What is done for designers: events with their guests and cost (D-08), and the articles they are asked to recommend (D-09)."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from shared_models.designers.tables import (
    Designer,
    DesignerEvent,
    DesignerEventExpense,
    DesignerInvitation,
    InvitationState,
    Recommendation,
)
from shared_models.stock.tables import Product, ProductKind

EVENT_TABLES = ("designerevent", "designerinvitation", "designereventexpense", "designer")
ARTICLE_TABLES = ("recommendation", "product")
_FOUND = 30


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event and how many were invited, have accepted, and came."""

    event: DesignerEvent
    invited: int
    accepted: int
    attended: int


@dataclass(frozen=True, slots=True)
class Guest:
    """A designer and their invitation."""

    designer: Designer
    invitation: DesignerInvitation


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event, its guests by name, and what was spent on it; who is not invited yet can be."""

    event: DesignerEvent
    guests: tuple[Guest, ...]
    expenses: tuple[DesignerEventExpense, ...]
    others: tuple[Designer, ...]

    @property
    def cost_fen(self) -> int:
        """All expenses."""
        return sum(expense.amount_fen for expense in self.expenses)

    @property
    def attended(self) -> int:
        """How many came."""
        return sum(guest.invitation.state == InvitationState.ATTENDED for guest in self.guests)


@dataclass(frozen=True, slots=True)
class ArticleItem:
    """An article and what designers are told about it."""

    product: Product
    recommendation: Recommendation


def event_rows(session: Session) -> list[EventRow]:
    """All events, the latest first."""
    states = select(col(DesignerInvitation.event_id), col(DesignerInvitation.state), func.count()).group_by(
        col(DesignerInvitation.event_id), col(DesignerInvitation.state)
    )
    counts: dict[str, dict[str, int]] = {}
    for event_id, state, n in session.execute(states):
        counts.setdefault(event_id, {})[state] = int(n)
    events = session.scalars(
        select(DesignerEvent).order_by(col(DesignerEvent.starts_at_ms).desc(), col(DesignerEvent.id))
    )
    return [_event_row(event, counts.get(event.id, {})) for event in events]


def event_record(session: Session, event_id: str) -> EventRecord | None:
    """One event; None for one that this device does not have."""
    event = session.get(DesignerEvent, event_id)
    if event is None:
        return None
    designers = session.scalars(select(Designer).order_by(col(Designer.name), col(Designer.id))).all()
    of_event = select(DesignerInvitation).where(col(DesignerInvitation.event_id) == event_id)
    invitations = {row.designer_id: row for row in session.scalars(of_event)}
    spent = select(DesignerEventExpense).where(col(DesignerEventExpense.event_id) == event_id)
    return EventRecord(
        event,
        tuple(Guest(each, invitations[each.id]) for each in designers if each.id in invitations),
        tuple(session.scalars(spent.order_by(col(DesignerEventExpense.spent_at_ms)))),
        tuple(each for each in designers if each.id not in invitations),
    )


def attended_by(session: Session, designer_id: str) -> list[DesignerEvent]:
    """The events that a designer came to, the latest first."""
    return list(
        session.scalars(
            select(DesignerEvent)
            .join(DesignerInvitation, col(DesignerInvitation.event_id) == col(DesignerEvent.id))
            .where(col(DesignerInvitation.designer_id) == designer_id)
            .where(col(DesignerInvitation.state) == InvitationState.ATTENDED)
            .order_by(col(DesignerEvent.starts_at_ms).desc(), col(DesignerEvent.id))
        )
    )


def article_items(session: Session) -> list[ArticleItem]:
    """The articles that were ever recommended, those recommended now first, in their order."""
    found = session.execute(
        select(Product, Recommendation).join(
            Recommendation, col(Recommendation.product_id) == col(Product.id)
        )
    ).all()
    items = [ArticleItem(product, row) for product, row in found]
    return sorted(
        items,
        key=lambda item: (
            not item.recommendation.active,
            item.recommendation.position,
            item.recommendation.id,
        ),
    )


def articles_found(session: Session, text: str) -> list[Product]:
    """Articles on sale whose name, initials or number contain what was typed."""
    typed = text.strip().lower()
    chosen = select(Product).where(col(Product.active).is_(True), col(Product.kind) == ProductKind.PRODUCT)
    return [
        product
        for product in session.scalars(chosen.order_by(col(Product.name), col(Product.id)))
        if any(typed in part for part in (product.name.lower(), product.name_key, product.sku.lower()))
    ][:_FOUND]


def _event_row(event: DesignerEvent, states: dict[str, int]) -> EventRow:
    accepted = states.get(InvitationState.ACCEPTED, 0)
    attended = states.get(InvitationState.ATTENDED, 0)
    return EventRow(event, sum(states.values()), accepted, attended)
