"""A member's phone from the code to the last place; the places of the member with the network cut."""

import json
import urllib.request
from typing import ClassVar

from tests.e2e.tours.tour import START_MS, Tour


class MemberTour(Tour):
    """From the code to the last place; the places of the member with the network cut."""

    entries: ClassVar = {"phone": "member"}

    def log_in(self) -> None:
        with urllib.request.urlopen(f"{self.address}/api/demo") as answer:
            phone = json.load(answer)["member"]
        self.tap("login-as-member")
        self.enter("login-phone", phone)
        self.shoot("member-login")
        self.tap("member-submit")
        self.find("login-sms-code").wait_for(state="attached", timeout=START_MS)
        self.enter("login-sms-code", self._code())
        self.shoot("member-login-code")
        self.tap("member-submit")
        self.find("member-card").wait_for(state="attached", timeout=START_MS)

    def _code(self) -> str:
        sent = self.folder / "sms.jsonl"
        text = json.loads(sent.read_text(encoding="utf-8").splitlines()[-1])["text"]
        return "".join(letter for letter in text if letter.isdigit())[:6]

    def steps(self) -> None:
        self.shoot("member-card")
        self.page.mouse.move(200, 450)
        self.page.mouse.wheel(0, 620)
        self.shoot("member-coupons")
        self.scroll_to_end()
        self.shoot("member-tiers")
        self.tap("go-gifts")
        self.find("gifts").wait_for(state="attached")
        self.tap_first("gift-")
        self.shoot("member-gift", "gift-redeem", lambda: self.tap_first("gift-"))
        self.tap("gift-redeem")
        self.find("gift-redeem").wait_for(state="detached")
        self.shoot("member-gifts")
        self.context.set_offline(True)
        self.tap("go-points")
        self.find("ledger").wait_for(state="attached")
        self.shoot("member-points-offline")
        self.tap_first("entry-")
        self.find("why-close").wait_for(state="attached")
        self.shoot("member-why-offline", "why-close", lambda: self.tap_first("entry-"))
        self.tap("why-close")
        self.find("why-close").wait_for(state="detached")
        self.tap("go-orders")
        self.find("orders").wait_for(state="attached")
        self.shoot("member-orders-offline")
        self.tap_first("order-", than="order-list")
        self.shoot("member-order-offline")
