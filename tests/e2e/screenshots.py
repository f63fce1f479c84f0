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

from playwright.sync_api import Page, Playwright, expect, sync_playwright

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
    with _demo_server() as address, sync_playwright() as playwright:
        for size in SIZES:
            for scheme, language in LOOKS:
                if wanted in f"{size}-{scheme}-{language}":
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
        """Log in as the company's manager, who has every screen, and picture each."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            width, height = SIZES[self.size]
            context = self.playwright.chromium.launch_persistent_context(
                profile,
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
                args=ARGUMENTS,
                viewport={"width": width, "height": height},
                color_scheme="dark" if self.scheme == "dark" else "light",
                timezone_id="Asia/Shanghai",
            )
            self.page: Page = context.pages[0]
            self.page.goto(self.address)
            self.page.locator("flt-semantics-placeholder").dispatch_event("click", timeout=START_MS)
            try:
                self._log_in()
                self._lists_and_records()
                self._sale()
                self._rest(context)
            except Exception:
                self.page.screenshot(path=ROOT / "build" / "screenshots-failed.png")
                raise
            context.close()

    def _log_in(self) -> None:
        self._find("login-submit").wait_for(state="attached", timeout=START_MS)
        if self.language != "zh":
            self._tap(f"language-{self.language}")
            expect(self.page.get_by_role("button", name="Log in")).to_be_attached()
        self._shoot("login")
        for field, text in (
            ("login-code", "C001" if self.size == "tablet" else "S001"),
            ("login-password", PASSWORD),
        ):
            self._enter(field, text)
        self._tap("login-submit")
        self._find("today-ready").wait_for(state="attached", timeout=START_MS)

    def _lists_and_records(self) -> None:
        self._tap_first("lead-")
        self._shoot("today" if self.size == "tablet" else "lead")
        self._back()
        if self.size == "phone":
            self._shoot("today")
        for place, record in (("leads", "lead-"), ("customers", "customer-"), ("orders", "order-")):
            self._tap(f"go-{place}")
            if self.size == "phone":
                self._shoot(place)
            self._tap_first(record, than="customer-list")
            self._shoot(place if self.size == "tablet" else place.removesuffix("s"))
            self._back()

    def _sale(self) -> None:
        self._tap("go-leads")
        self._tap_first("lead-")
        self._tap("log")
        self._shoot("log-follow-up")
        self.page.keyboard.press("Escape")
        self._find("save-log").wait_for(state="detached")
        self._tap("edit-needs")
        self._shoot("needs")
        self.page.keyboard.press("Escape")
        self._find("save-needs").wait_for(state="detached")
        self._tap("sell")
        if self.size == "phone":
            self._tap("sale-add-product")
        for product in self._identifiers("product-YQ")[:2]:
            self._tap(product)
        if self.size == "phone":
            self._shoot("catalogue")
            self._tap("catalogue-done")
        self._shoot("sale")

    def _rest(self, context: object) -> None:
        self.page.goto(self.address)
        self.page.locator("flt-semantics-placeholder").dispatch_event("click", timeout=START_MS)
        self._find("today-ready").wait_for(state="attached", timeout=START_MS)
        context.set_offline(True)  # type: ignore[attr-defined]
        self._tap_first("lead-")
        self._tap("log")
        self._tap("outcome-high")
        self._tap("save-log")
        self._back()
        self._tap("status")
        self._shoot("sync-offline")
        self._tap("go-settings")
        self._shoot("settings")
        if self.size == "tablet":
            context.set_offline(False)  # type: ignore[attr-defined]
            self._tap("go-import")
            self._shoot("import")

    def _find(self, identifier: str):
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]').first

    def _identifiers(self, beginning: str) -> list[str]:
        found = self.page.locator(f'[flt-semantics-identifier^="{beginning}"]')
        found.first.wait_for(state="attached")
        read = "elements => elements.map(element => element.getAttribute('flt-semantics-identifier'))"
        return [str(each) for each in found.evaluate_all(read)]

    def _tap_first(self, beginning: str, than: str = "") -> None:
        self._rest_still()
        self._tap(next(each for each in self._identifiers(beginning) if each != than))

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
