"""A lead that several tablets have, and edits of it."""

from shared_models.sales.tables import Lead
from tests.convergence.world import make_lead

HOUR_MS = 3_600_000


def shared_lead(world, author, *others, **fields):
    lead = make_lead(**fields)
    with author.act() as session:
        session.add(lead)
    author.sync()
    for device in others:
        device.sync()
    assert all(device.get(Lead, lead.id) is not None for device in others)
    return lead.id


def edit(device, lead_id, **fields):
    with device.act() as session:
        lead = session.get(Lead, lead_id)
        for name, value in fields.items():
            setattr(lead, name, value)
