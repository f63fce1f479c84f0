"""A member's phone into docs/screenshots, as `screenshots.py` does the rest."""

import json
import os
import sys
import tempfile
import urllib.request
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.e2e.screenshots import LOOKS, START_MS, _demo_server, _Tour


class _MemberTour(_Tour):
    """From the code to the last place; the places of the member with the network cut."""

    messages: Path

    def _log_in(self) -> None:
        if self.language != "zh":
            self._tap(f"language-{self.language}")
            expect(self.page.get_by_role("button", name="Log in")).to_be_attached()
        with urllib.request.urlopen(f"{self.address}/api/demo") as answer:
            phone = json.load(answer)["member"]
        self._tap("login-as-member")
        self._enter("login-phone", phone)
        self._shoot("member-login")
        self._tap("member-submit")
        self._find("login-sms-code").wait_for(state="attached", timeout=START_MS)
        self._enter("login-sms-code", self._code())
        self._shoot("member-login-code")
        self._tap("member-submit")
        self._find("member-card").wait_for(state="attached", timeout=START_MS)

    def _code(self) -> str:
        sent = max(self.messages.glob("*/sms.jsonl"), key=lambda path: path.stat().st_mtime)
        text = json.loads(sent.read_text(encoding="utf-8").splitlines()[-1])["text"]
        return "".join(letter for letter in text if letter.isdigit())[:6]

    def _lists_and_records(self) -> None:
        self._shoot("member-card")
        self._scroll_to_end()
        self._shoot("member-tiers")
        self._tap("go-gifts")
        self._find("gifts").wait_for(state="attached")
        self._tap_first("gift-")
        self._shoot("member-gift")
        self._tap("gift-redeem")
        self._find("gift-redeem").wait_for(state="detached")
        self._shoot("member-gifts")
        self.context.set_offline(True)
        self._tap("go-points")
        self._find("ledger").wait_for(state="attached")
        self._shoot("member-points-offline")
        self._tap_first("entry-")
        self._find("why-close").wait_for(state="attached")
        self._shoot("member-why-offline")
        self._tap("why-close")
        self._find("why-close").wait_for(state="detached")
        self._tap("go-orders")
        self._find("orders").wait_for(state="attached")
        self._shoot("member-orders-offline")
        self._tap_first("order-", than="order-list")
        self._shoot("member-order-offline")

    def _sheets(self) -> None:
        """Members sell and import nothing."""

    _sale = _other_tablet = _settings_and_import = _sheets


def main() -> None:
    """Take all pictures, or those of the look named on the command line."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ["SHOWFLOOR_SMS"] = "file"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        tempfile.tempdir = folder
        for scheme, language in (*LOOKS, ("dark", "en")):
            if wanted in f"{scheme}-{language}":
                with _demo_server() as address:
                    tour = _MemberTour(playwright, address, "phone", scheme, language)
                    tour.messages = Path(folder)
                    tour.walk()


if __name__ == "__main__":
    main()
