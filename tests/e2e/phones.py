"""The phones of those a sale is about: the designer who referred the buyer, and the buyer, a member."""

import json
from contextlib import closing
from dataclasses import dataclass

from tests.e2e.conftest import MakeTablet
from tests.e2e.people import MANAGER, SELLER
from tests.e2e.running_server import PASSWORD, RunningServer
from tests.e2e.tablet import START_S, Tablet

OFFICE = "OFFICE-1"
SIZE = (412, 915)


@dataclass(frozen=True, slots=True)
class Claim:
    """A client whom a designer has claimed on their phone."""

    designer_id: str
    referral_id: str


def designers_phone(server: RunningServer, tablet: MakeTablet, code: str) -> tuple[Tablet, str]:
    """A designer of the seller's store, taken in by the office, logged in on a phone; their identifier."""
    server.employ(OFFICE, "何文员", "office")
    with closing(server.client(OFFICE)) as office:
        store_id = server.row("SELECT store_id FROM staff WHERE code = :code", code=SELLER)["store_id"]
        log_in = {"code": code, "password": PASSWORD}
        taken_in = office.post(
            "/api/designers", json={"name": "叶设计", "store_id": store_id, "log_in": log_in}
        )
        taken_in.raise_for_status()
    phone = tablet("designer", size=SIZE, home="designer-year")
    phone.start()
    phone.log_in(code)
    return phone, str(taken_in.json()["id"])


def refer(server: RunningServer, phone: Tablet, designer_id: str, client: str, number: str) -> Claim:
    """Register a client on the designer's phone, and wait until the server knows whose client it is."""
    phone.tap("go-referrals")
    phone.tap("new-referral")
    phone.enter("referral-name", client)
    phone.enter("referral-phone", number)
    phone.tap("save")
    phone.wait_until_gone("save")
    owned = "SELECT id FROM referral WHERE designer_id = :id AND standing = 'owner'"
    phone.wait_until(lambda: server.rows(owned, id=designer_id), "the server to know of the claim")
    return Claim(designer_id, str(server.row(owned, id=designer_id)["id"]))


def member_with_points(server: RunningServer, phone: str, name: str, points: int) -> str:
    """Enrol somebody and give them points, as the manager does; their identifier."""
    with closing(server.client(MANAGER)) as manager:
        enrolled = manager.post("/api/customers", json={"phone": phone, "name": name})
        enrolled.raise_for_status()
        customer_id = str(enrolled.json()["customer_id"])
        correction = {"points": points, "growth": 0, "reason": "补登订单"}
        manager.post(f"/api/customers/{customer_id}/adjustments", json=correction).raise_for_status()
    return customer_id


def members_phone(server: RunningServer, tablet: MakeTablet, number: str) -> Tablet:
    """The member's own phone, let in by the code that the server sent to the number."""
    phone = tablet("member", size=SIZE, home="member-card")
    phone.start()
    phone.tap("login-as-member")
    phone.enter("login-phone", number)
    phone.tap("member-submit")
    phone.wait_for("login-sms-code")
    sent = json.loads(server.file("sms.jsonl").decode().splitlines()[-1])
    phone.enter("login-sms-code", "".join(letter for letter in sent["text"] if letter.isdigit())[:6])
    phone.tap("member-submit")
    phone.wait_for("member-card", seconds=START_S)
    phone.wait_until_it_starts_offline()
    return phone


def restart_offline(phone: Tablet) -> None:
    """Switch the phone off and on again where there is no network."""
    phone.close()
    phone.start(offline=True)
