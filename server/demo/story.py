"""Writes the demo company: the same people and articles on every machine, their work relative to today."""

from sqlmodel import Session, select

from server.auth.passwords import set_password
from server.demo.coupons import issue_coupons
from server.demo.designers import earn, engage
from server.demo.founding import found
from server.demo.gifts import offer_gifts
from server.demo.leads import follow_leads
from server.demo.log_ins import DEMO_PASSWORD
from server.demo.sales import sell
from server.demo.scene import COMPANY, Scene
from server.importing.run import silent
from server.importing.saving import save
from shared_models.people.tables import Staff, Store


def has_company(session: Session) -> bool:
    """Whether any company is in the database."""
    return session.exec(select(Store.id).limit(1)).first() is not None


def has_demo(session: Session) -> bool:
    """Whether the demo company is in the database."""
    return session.exec(select(Store.id).where(Store.company_id == COMPANY).limit(1)).first() is not None


def write_demo(session: Session, now_ms: int) -> Scene:
    """Write the whole company and the log-ins of its people into the session's transaction."""
    scene = Scene(now_ms)
    found(scene)
    follow_leads(scene)
    sell(scene)
    engage(scene)
    save(session, scene.plan, author="", at_ms=now_ms, progress=lambda done: silent("writing", done, done))
    earn(session, scene)
    offer_gifts(session, now_ms)
    issue_coupons(session, now_ms)
    for person in session.exec(select(Staff).where(Staff.company_id == COMPANY)).all():
        set_password(session, person, DEMO_PASSWORD, now_ms=now_ms)
    return scene
