"""Every screen, on phone and tablet, light and dark, Chinese and English, into docs/screenshots: `make screenshots`.

The real server on made-up demo data, the built app in Chromium. Pictures are for people: nothing here is a test.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FilePayload, Page, Playwright, expect, sync_playwright

from mobile.state.application import App
from mobile.state.lead_actions import edit_lead
from mobile.state.sale_actions import balance_fen, record_payment
from shared_models.sales.tables import Lead, Order
from tests.e2e.colleague import colleague_does
from tests.integration.importing.sources import THREE_TABLES, made_up

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "screenshots"
PASSWORD = "showfloor-demo"
SIZES = {"tablet": (1180, 820), "phone": (412, 915)}
LOOKS = (("light", "zh"), ("dark", "zh"), ("light", "en"))
START_MS = 45_000
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip


def main() -> None:
    """Take all pictures, or those whose name contains the word given on the command line."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        for size in SIZES:
            for scheme, language in LOOKS:
                if wanted in f"{size}-{scheme}-{language}":
                    # A company of its own: what one walk sells, changes and imports is not in the next one's pictures.
                    with _demo_server() as address:
                        _Tour(playwright, address, size, scheme, language).walk()


@dataclass
class _Tour:
    """One walk through the app on one device in one look."""

    playwright: Playwright
    address: str
    size: str
    scheme: str
    language: str

    def walk(self) -> None:
        """Picture every screen: a salesperson's on the phone, the company's on the tablet, the back office on both."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            width, height = SIZES[self.size]
            self.context = self.playwright.chromium.launch_persistent_context(
                profile,
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
                args=ARGUMENTS,
                viewport={"width": width, "height": height},
                color_scheme="dark" if self.scheme == "dark" else "light",
                timezone_id="Asia/Shanghai",
            )
            self.page: Page = self.context.pages[0]
            try:
                self._open("login-submit")
                self._log_in()
                self._lists_and_records()
                self._sheets()
                self._sale()
                self._other_tablet()
                self._settings_and_import()
            except Exception:
                self.page.screenshot(path=ROOT / "build" / "screenshots-failed.png")
                raise
            finally:
                self.context.close()

    def _open(self, shown: str) -> None:
        self.page.goto(self.address)
        self.page.locator("flt-semantics-placeholder").dispatch_event("click", timeout=START_MS)
        self._find(shown).wait_for(state="attached", timeout=START_MS)

    def _log_in(self) -> None:
        if self.language != "zh":
            self._tap(f"language-{self.language}")
            expect(self.page.get_by_role("button", name="Log in")).to_be_attached()
        self._shoot("login")
        self._enter_as("C001" if self.size == "tablet" else "S001")

    def _enter_as(self, code: str) -> None:
        self._enter("login-code", code)
        self._enter("login-password", PASSWORD)
        self._tap("login-submit")
        self._find("today-ready").wait_for(state="attached", timeout=START_MS)

    def _lists_and_records(self) -> None:
        self._tap_first("lead-")
        self._shoot("today" if self.size == "tablet" else "lead")
        self._back()
        if self.size == "phone":
            self._shoot("today")
        for place, record in (("leads", "lead-"), ("customers", "customer-"), ("orders", "order-")):
            self._go(place)
            if self.size == "phone":
                self._shoot(place)
            self._tap_first(record, than="customer-list")
            self._shoot(place if self.size == "tablet" else place.removesuffix("s"))
            self._back()

    def _sheets(self) -> None:
        self._go("leads")
        self._tap("new-lead")
        self._enter("new-name", "欧阳若曦" if self.language == "zh" else "Ouyang Ruoxi")
        self._shoot("new-lead")
        self._put_away("save")
        self._tap_first("lead-")
        self._tap("log")
        self._shoot("log-follow-up")
        self._put_away("save-log")
        self._tap("edit-needs")
        self._shoot("needs")
        self._put_away("save-needs")

    def _put_away(self, button: str) -> None:
        self.page.keyboard.press("Escape")
        self._find(button).wait_for(state="detached")

    def _sale(self) -> None:
        self._tap("sell")
        if self.size == "phone":
            self._tap("sale-add-product")
        for product in self._identifiers("product-YQ")[:2]:
            self._tap(product)
        if self.size == "phone":
            self._shoot("catalogue")
            self._tap("catalogue-done")
        self._shoot("sale")
        self._tap("sale-confirm")
        self._find("done-synced").wait_for(state="attached")
        self._shoot("sale-done")

    def _other_tablet(self) -> None:
        """Two tablets at once: one offline, one not, both at the same lead and the same order."""
        self._open("today-ready")
        self.context.set_offline(True)
        lead = self._first("lead-")
        self._tap(lead)
        self._tap("edit-needs")
        self._enter("budget", "128000")
        self._tap("save-needs")
        self._find("save-needs").wait_for(state="detached")
        self._back()
        self._go("orders")
        everything = self._identifiers("order-")
        self._tap("filter-open")
        while self._identifiers("order-") == everything:
            self.page.wait_for_timeout(100)
        order = self._first("order-", than="order-list")
        self._tap(order)
        self._tap("take-payment")
        self._tap("payment-confirm")
        self._find("payment-confirm").wait_for(state="detached")
        self._back()
        self._tap("status")
        self._shoot("sync-offline")

        def change_too(app: App) -> None:
            lead_id, order_id = lead.removeprefix("lead-"), order.removeprefix("order-")
            if app.read(lambda session: session.get(Lead, lead_id)) is not None:
                edit_lead(app, lead_id, budget_fen=9_600_000)
            if app.read(lambda session: session.get(Order, order_id)) is not None:
                record_payment(
                    app, order_id, app.read(lambda session: balance_fen(session, order_id)), "card"
                )

        for manager in ("M001", "M002", "M003"):
            colleague_does(self.address, manager, PASSWORD, change_too)
        self.context.set_offline(False)
        # `conflict-count` and `refused-count` are always there.
        self._find(f"conflict-{lead.removeprefix('lead-')}-budget_fen").wait_for(
            state="attached", timeout=START_MS
        )
        self.page.locator('[flt-semantics-identifier^="resend-"]').first.wait_for(
            state="attached", timeout=START_MS
        )
        self._shoot("sync-conflict")
        self._scroll_to_end()
        self._shoot("sync-refused")
        self._tap("proof-check")
        self._find("proof-equal").wait_for(state="attached", timeout=START_MS)
        self._scroll_to_end()
        self._shoot("sync-proof")

    def _settings_and_import(self) -> None:
        self._go("settings")
        self._shoot("settings")
        if self.size == "phone":
            self._leave_for("O001")
            self._go("settings")
            self._shoot("settings-office")
        self._tap("open-import" if self.size == "phone" else "go-import")
        self._shoot("import")
        files, _ = made_up()
        bad = (
            files["superstore_orders.csv"]
            .replace(b"11/8/2017", b"31 November", 2)
            .replace(b",South,", b",,", 3)
        )
        with self.page.expect_file_chooser() as chooser:
            self._tap("import-choose")
        chooser.value.set_files(
            [
                FilePayload(name=name, mimeType="text/csv", buffer=content)
                for name, content in (files | {"superstore_orders.csv": bad}).items()
                if name != THREE_TABLES
            ]
        )
        self._find("import-start").wait_for(state="attached", timeout=START_MS)
        self._shoot("import-checked")
        self._scroll_to_end()
        self._shoot("import-rows")
        self._scroll_to_end(-1)
        self._tap("import-start")
        self._find("import-done").wait_for(state="attached", timeout=START_MS)
        self._shoot("import-done")

    def _leave_for(self, code: str) -> None:
        """Log out, giving up what is pending here, and let somebody else log in."""
        self._tap("logout")
        if self._find("logout-pending").count():
            self._tap("logout")
        self._find("login-submit").wait_for(state="attached")
        self._enter_as(code)

    def _scroll_to_end(self, direction: int = 1) -> None:
        self.page.mouse.move(*(side // 2 for side in SIZES[self.size]))
        self.page.mouse.wheel(0, direction * 9_000)

    def _find(self, identifier: str):
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]').first

    def _identifiers(self, beginning: str) -> list[str]:
        found = self.page.locator(f'[flt-semantics-identifier^="{beginning}"]')
        found.first.wait_for(state="attached")
        read = "elements => elements.map(element => element.getAttribute('flt-semantics-identifier'))"
        return [str(each) for each in found.evaluate_all(read)]

    def _first(self, beginning: str, than: str = "") -> str:
        self._rest_still()
        return next(each for each in self._identifiers(beginning) if each != than)

    def _tap_first(self, beginning: str, than: str = "") -> None:
        self._tap(self._first(beginning, than))

    def _tap(self, identifier: str, timeout_ms: int = 20_000) -> None:
        found = self._find(identifier)
        found.wait_for(state="attached", timeout=timeout_ms)
        self._rest_still()
        box = found.bounding_box()
        assert box is not None, identifier
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def _enter(self, identifier: str, text: str) -> None:
        self._rest_still()
        field = self._find(identifier).locator("input")
        field.click()
        # Flutter takes the keyboard a moment after the click; what is typed before goes nowhere.
        expect(field).to_be_focused()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        expect(field).to_have_value(text)

    def _go(self, place: str) -> None:
        self._tap(f"go-{place}")
        self._find(place).wait_for(state="attached")

    def _back(self) -> None:
        self._rest_still()
        if self._find("back").count():
            self._tap("back")

    def _rest_still(self) -> None:
        """Wait until two pictures in a row are the same: nothing slides or fades any more."""
        before = b""
        while (now := self.page.screenshot()) != before:
            before = now
            self.page.wait_for_timeout(150)

    def _shoot(self, name: str) -> None:
        self.page.mouse.move(1, 1)
        self._rest_still()
        self.page.screenshot(path=OUT / f"{self.size}-{name}-{self.scheme}-{self.language}.png")
        print(f"{self.size}-{name}-{self.scheme}-{self.language}", flush=True)


@contextmanager
def _demo_server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    showfloor = str(Path(sys.executable).with_name("showfloor"))
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            **os.environ,
            "SHOWFLOOR_DATA_DIR": folder,
            "SHOWFLOOR_PORT": str(port),
            "SHOWFLOOR_LOG_LEVEL": "WARNING",
        }
        environ.pop("DATABASE_URL", None)
        subprocess.run([showfloor, "demo"], env=environ, check=True)
        server = subprocess.Popen([showfloor, "serve"], env=environ, stdout=subprocess.DEVNULL)
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_until_ready(address: str, server: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api/ready"):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    main()
