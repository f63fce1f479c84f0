"""How a tour drives the built app in Chromium and takes its pictures; each module beside this one is a tour."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Locator, Page, Playwright, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "docs" / "screenshots"
PASSWORD = "showfloor-demo"
SIZES = {"phone": (412, 915), "tablet": (1180, 820), "wide": (1560, 940)}
LOOKS = {"zh": ("light", "dark"), "en": ("light",)}
"""The languages, and in which light each screen is pictured in them."""
CANCEL = {"zh": "取消", "en": "Cancel"}
START_MS = 90_000
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip


@dataclass
class Tour(ABC):
    """One walk through a part of the app, on one kind of device in one language, with a company of its own."""

    entries: ClassVar[Mapping[str, str]]
    """Who logs in on each size that the tour is for."""

    playwright: Playwright
    address: str
    folder: Path
    size: str
    language: str

    @abstractmethod
    def steps(self) -> None:
        """What is tapped and pictured once the person of this tour is in."""

    def __post_init__(self) -> None:
        """Every device starts in the light."""
        self._lit = "light"

    def walk(self) -> None:
        """Open the app in a new browser, log in, and go through the steps."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            width, height = SIZES[self.size]
            self.context = self.playwright.chromium.launch_persistent_context(
                profile,
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
                args=ARGUMENTS,
                viewport={"width": width, "height": height},
                color_scheme="light",
                timezone_id="Asia/Shanghai",
            )
            self.page: Page = self.context.pages[0]
            try:
                self.open("login-submit")
                if self.language != "zh":
                    self.tap(f"language-{self.language}")
                    expect(self.page.get_by_role("button", name="Log in")).to_be_attached()
                self.log_in()
                self.steps()
            except Exception:
                tour = type(self).__name__.removesuffix("Tour").lower()
                self.page.screenshot(
                    path=ROOT / "build" / f"screenshots-failed-{tour}-{self.size}-{self.language}.png"
                )
                raise
            finally:
                self.context.close()

    def open(self, shown: str) -> None:
        """Load the app and wait for what it shows first."""
        self.page.goto(self.address)
        self.page.locator("flt-semantics-placeholder").dispatch_event("click", timeout=START_MS)
        self.find(shown).wait_for(state="attached", timeout=START_MS)

    def log_in(self) -> None:
        """As the person of this tour."""
        self.enter_as(self.entries[self.size])

    def enter_as(self, code: str, ready: str = "today-ready") -> None:
        """Log in with a code and wait for the first place."""
        self.enter("login-code", code)
        self.enter("login-password", PASSWORD)
        self.tap("login-submit")
        self.find(ready).wait_for(state="attached", timeout=START_MS)

    def leave_for(self, code: str) -> None:
        """Log out, giving up what is pending here, and let somebody else log in."""
        self.tap("logout")
        if self.find("logout-pending").count():
            self.tap("logout")
        self.find("login-submit").wait_for(state="attached")
        self.enter_as(code)

    def scroll_to_end(self, direction: int = 1) -> None:
        self.rest_still()
        self.page.mouse.move(*(side // 2 for side in SIZES[self.size]))
        self.page.mouse.wheel(0, direction * 9_000)

    def bring_up(self, identifier: str) -> None:
        """Scroll the detail until this is in the upper half: the pane on a phone, what is beside the list elsewhere."""
        width, height = SIZES[self.size]
        self.rest_still()
        self.page.mouse.move(width * 0.7, height // 2)
        for _ in range(12):
            box = self.find(identifier).bounding_box() if self.find(identifier).count() else None
            if box is not None and box["y"] < height / 2:
                return
            self.page.mouse.wheel(0, height // 3)
            self.rest_still()

    def find(self, identifier: str) -> Locator:
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]').first

    def identifiers(self, beginning: str) -> list[str]:
        found = self.page.locator(f'[flt-semantics-identifier^="{beginning}"]')
        found.first.wait_for(state="attached")
        read = "elements => elements.map(element => element.getAttribute('flt-semantics-identifier'))"
        return [str(each) for each in found.evaluate_all(read)]

    def first(self, beginning: str, than: str = "") -> str:
        self.rest_still()
        return next(each for each in self.identifiers(beginning) if each != than)

    def tap_first(self, beginning: str, than: str = "") -> None:
        self.tap(self.first(beginning, than))

    def tap(self, identifier: str, timeout_ms: int = 20_000) -> None:
        found = self.find(identifier)
        found.wait_for(state="attached", timeout=timeout_ms)
        self.rest_still()
        self._tap_middle(found)

    def _tap_middle(self, of: Locator) -> None:
        box = of.bounding_box()
        assert box is not None, of
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def enter(self, identifier: str, text: str) -> None:
        self.rest_still()
        field = self.find(identifier).locator("input")
        field.click()
        # Flutter takes the keyboard a moment after the click; what is typed before goes nowhere.
        expect(field).to_be_focused()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        expect(field).to_have_value(text)

    def go(self, place: str) -> None:
        """Tap a place in the bar until it is shown: a page that still slides away takes no taps."""
        while not self.find(place).count():
            self.tap(f"go-{place}")
            with suppress(PlaywrightTimeoutError):
                self.find(place).wait_for(state="attached", timeout=5_000)

    def tap_away(self, identifier: str) -> None:
        """Tap a button until it is gone: where something still scrolled, the first tap may have met another place."""
        while self.find(identifier).count():
            self.tap(identifier)
            with suppress(PlaywrightTimeoutError):
                self.find(identifier).wait_for(state="detached", timeout=5_000)

    def back(self) -> None:
        self.rest_still()
        if self.find("back").count():
            self.tap("back")

    def rest_still(self) -> None:
        """Wait until two pictures in a row are the same: nothing slides or fades any more."""
        before = b""
        while (now := self.page.screenshot()) != before:
            before = now
            self.page.wait_for_timeout(150)

    def shoot(self, name: str, sheet: str = "", again: Callable[[], None] = lambda: None) -> None:
        """Picture what is on the screen in every light: the app follows that of the device as it changes.

        On a phone an open sheet closes when the light changes: where the button `sheet` is gone, `again` opens it anew.
        """
        for scheme in LOOKS[self.language]:
            self._turn(scheme, sheet, again)
            self._picture(name)
        self._turn("light", sheet, again)

    def _turn(self, scheme: str, sheet: str, again: Callable[[], None]) -> None:
        self._light(scheme)
        self.rest_still()
        if sheet and not self.find(sheet).count():
            again()

    def _picture(self, name: str) -> None:
        self.page.mouse.move(1, 1)
        self.rest_still()
        picture = f"{self.size}-{name}-{self._lit}-{self.language}"
        self.page.screenshot(path=OUT / f"{picture}.png")
        print(picture, flush=True)

    def _light(self, scheme: str) -> None:
        if scheme != self._lit:
            # It keeps the colours in which it came.
            self.find("said").wait_for(state="detached")
            before = self.page.screenshot()
            self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            while self.page.screenshot() == before:
                self.page.wait_for_timeout(50)
            self._lit = scheme

    def pick_products(self, picture: str = "") -> None:
        """Put two products into the sale; a phone shows the catalogue on a page of its own, pictured if it has a name."""
        if self.size == "phone":
            self.tap("sale-add-product")
        for product in self.identifiers("product-YQ")[:2]:
            self.tap(product)
        if self.size == "phone":
            if picture:
                self.shoot(picture)
            self.tap("catalogue-done")

    def put_away(self, button: str) -> None:
        """Close the sheet that this button is on by its word for cancelling, or by the button where it has none."""
        cancel = self.page.get_by_role("button", name=CANCEL[self.language], exact=True)
        self.rest_still()
        self._tap_middle(cancel.last if cancel.count() else self.find(button))
        self.find(button).wait_for(state="detached")


def found_company(folder: Path) -> None:
    """Write the company of the demonstration; a walk takes a copy of it."""
    showfloor = Path(sys.executable).with_name("showfloor")
    subprocess.run([showfloor, "demo"], env=_environ(folder), check=True)


def _environ(folder: Path) -> dict[str, str]:
    environ = {**os.environ, "SHOWFLOOR_DATA_DIR": str(folder), "SHOWFLOOR_LOG_LEVEL": "WARNING"}
    environ.pop("DATABASE_URL", None)
    return environ


@contextmanager
def demo_server(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    showfloor = str(Path(sys.executable).with_name("showfloor"))
    environ = _environ(folder) | {"SHOWFLOOR_PORT": str(port), "SHOWFLOOR_SMS": "file"}
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
