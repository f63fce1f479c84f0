"""A salesperson's tablet: the real app in a real browser with a profile of its own, driven as a finger would."""

import os
import re
import signal
import time
from collections.abc import Callable, Collection
from pathlib import Path

from playwright.sync_api import BrowserContext, CDPSession, Locator, Page, Playwright
from playwright.sync_api import TimeoutError as NotInTime

from tests.e2e.browser import ARGUMENTS, chromium, processes_with
from tests.e2e.faulty_network import FaultyNetwork
from tests.e2e.running_server import PASSWORD
from tests.e2e.waiting import wait_until

SIZE = (1180, 820)
"""A tablet on its long side: list and detail stand side by side."""
START_S = 90.0
"""Longest time for the app to be there, on a busy machine."""
REACT_S = 20.0
"""Longest time for a screen to show what was done."""
SEMANTICS = "flt-semantics-placeholder"
_SPOKEN = """element => [element, ...element.querySelectorAll('*')].map(each =>
    (each.getAttribute('aria-label') || '') + ' ' + (each.value || '') + ' ' +
    [...each.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.textContent).join(' '))
    .join('\\n')"""
_FIELD = """document.querySelector('[flt-semantics-identifier="{}"] :is(input, textarea):focus')"""
_IDENTIFIERS = "elements => elements.map(element => element.getAttribute('flt-semantics-identifier'))"


class Tablet:
    """One device of one person. `name` is for the evidence of a failure, kept in `evidence`."""

    def __init__(
        self,
        playwright: Playwright,
        name: str,
        profile: Path,
        network: FaultyNetwork,
        evidence: Path,
        *,
        size: tuple[int, int] = SIZE,
        home: str = "today-ready",
    ) -> None:
        """Take a tablet out of its box; `start` switches it on. `home` is what its person sees first."""
        self.name = name
        self._size = size
        self._home = home
        self.network = network
        self._playwright = playwright
        self._profile = profile
        self._evidence = evidence
        self._context: BrowserContext | None = None
        self._devtools: CDPSession | None = None
        self.console: list[str] = []

    @property
    def profile(self) -> Path:
        """Where its browser keeps everything."""
        return self._profile

    @property
    def page(self) -> Page:
        """The page of the app."""
        assert self._context is not None, f"{self.name} is not running"
        return self._context.pages[0]

    def start(self, *, offline: bool = False) -> float:
        """Open the browser on the app; the seconds until it can be used."""
        self._context = self._playwright.chromium.launch_persistent_context(
            str(self._profile),
            executable_path=chromium(),
            args=list(ARGUMENTS),
            viewport={"width": self._size[0], "height": self._size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            ignore_default_args=["--enable-unsafe-swiftshader"],
        )
        self._devtools = self._context.new_cdp_session(self.page)
        if offline:
            self.go_offline()
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        return self.reopen()

    def reopen(self) -> float:
        """Open the app anew in the browser that runs; the seconds until it can be used."""
        begun = time.monotonic()
        self.page.goto(self.network.address)
        self._switch_on_semantics()
        self.wait_for_any("login", "first-sync", self._home, "announcement", seconds=START_S)
        return time.monotonic() - begun

    def kill(self) -> None:
        """End the whole browser without warning, as the operating system would when memory is short."""
        browsers = processes_with(f"--user-data-dir={self._profile}")
        assert browsers, f"{self.name} has no browser to kill"
        for group in {os.getpgid(each) for each in browsers} - {os.getpgrp()}:
            os.killpg(group, signal.SIGKILL)
        wait_until(
            lambda: not processes_with(f"--user-data-dir={self._profile}"), "the browser to be gone", REACT_S
        )
        self._context = None

    def close(self) -> None:
        """Close the browser in an orderly way, if it runs."""
        if self._context is not None:
            self._context.close()
            self._context = None

    def go_offline(self) -> None:
        """Leave the reach of the network."""
        self.network.go_down()
        assert self._context is not None
        self._context.set_offline(True)

    def go_online(self) -> None:
        """Come back into its reach."""
        self.network.come_up()
        assert self._context is not None
        self._context.set_offline(False)

    def wait_until_it_starts_offline(self) -> None:
        """The browser has fetched the whole app, so that it needs the network no more."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => null)")

    def log_in(self, code: str) -> None:
        """Log in for the first time and wait until the copy is there."""
        self.enter("login-code", code)
        self.enter("login-password", PASSWORD)
        self.tap("login-submit")
        self.wait_for(self._home, seconds=START_S)
        self.wait_until_it_starts_offline()

    def find(self, identifier: str) -> Locator:
        """Where this identifier is on the screen."""
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]').first

    def wait_for(self, identifier: str, *, seconds: float = REACT_S) -> Locator:
        """Wait until this is on the screen."""
        return self.wait_for_any(identifier, seconds=seconds)

    def wait_for_any(self, *identifiers: str, seconds: float = REACT_S) -> Locator:
        """Wait until one of these is on the screen."""
        either = ", ".join(f'[flt-semantics-identifier="{each}"]' for each in identifiers)
        found = self.page.locator(either).first
        try:
            found.wait_for(state="attached", timeout=seconds * 1_000)
        except NotInTime:
            self.fail(f"{' or '.join(identifiers)} did not appear within {seconds} s")
        return found

    def wait_until_gone(self, identifier: str) -> None:
        """Wait until this has left the screen."""
        try:
            self.find(identifier).wait_for(state="detached", timeout=REACT_S * 1_000)
        except NotInTime:
            self.fail(f"{identifier} is still there after {REACT_S} s")

    def tap(self, identifier: str) -> None:
        """Put a finger on the middle of this."""
        self.wait_for(identifier)
        self._still(identifier)
        box = self.find(identifier).bounding_box()
        if box is None:
            self.fail(f"{identifier} has no place on the screen")
        else:
            self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def scroll_to_end(self, identifier: str) -> None:
        """Roll what is in here to its end."""
        self.wait_for(identifier)
        self._still(identifier)
        box = self.find(identifier).bounding_box()
        if box is None:
            self.fail(f"{identifier} has no place on the screen")
        else:
            self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            self.page.mouse.wheel(0, 10_000)

    def enter(self, identifier: str, text: str) -> None:
        """Replace what stands in this field, in one go as a Chinese keyboard enters a phrase."""
        self._take_keyboard(identifier)
        self.page.keyboard.insert_text(text)
        self._wait_for_value(identifier, text)

    def search(self, identifier: str, text: str, *, rows: str, found: Collection[str]) -> None:
        """Enter a search and wait until exactly these are found.

        `rows` is how the identifiers of the rows begin, `found` how they go on.
        """
        self.enter(identifier, text)
        wanted = {f"{rows}{each}" for each in found}
        self.wait_until(
            lambda: set(self.identifiers(rows)) - {identifier} == wanted, f"only {sorted(wanted)} to be found"
        )

    def _take_keyboard(self, identifier: str) -> None:
        self.wait_for(identifier)
        self._still(identifier)
        self.find(identifier).locator("input, textarea").first.click()
        self.wait_until(lambda: self._takes_letters(identifier), f"{identifier} to take the keyboard")
        self.page.keyboard.press("Control+A")

    def _takes_letters(self, identifier: str) -> bool:
        """Whether Flutter listens to the field: the browser gives it the keyboard at once, Flutter some frames later.

        Letters that come in between, which no person is quick enough for, would stand in the field and go no further.
        """
        assert self._devtools is not None
        found = self._devtools.send("Runtime.evaluate", {"expression": _FIELD.format(identifier)})["result"]
        if "objectId" not in found:
            return False
        heard = self._devtools.send("DOMDebugger.getEventListeners", {"objectId": found["objectId"]})
        return any(each["type"] == "input" for each in heard["listeners"])

    def _wait_for_value(self, identifier: str, text: str) -> None:
        field = self.find(identifier).locator("input, textarea").first
        self.wait_until(lambda: field.input_value() == text, f"{identifier} to hold {text!r}")

    def read(self, identifier: str) -> str:
        """What stands in this field, which holds something; Flutter tells only while the field has the keyboard."""
        self.wait_for(identifier)
        self._still(identifier)
        field = self.find(identifier).locator("input, textarea").first
        field.click()
        self.wait_until(field.input_value, f"{identifier} to tell what it holds")
        return field.input_value()

    def spoken(self, identifier: str) -> str:
        """What a screen reader would read out of this; empty while it is not there."""
        found = self.find(identifier)
        return str(found.evaluate(_SPOKEN)) if found.count() else ""

    def identifiers(self, beginning: str = "") -> list[str]:
        """Everything on the screen whose identifier begins so."""
        found = self.page.locator("[flt-semantics-identifier]").evaluate_all(_IDENTIFIERS)
        return [each for each in found if each.startswith(beginning)]

    def number(self, identifier: str) -> int:
        """The first number that is read out of this."""
        found: list[str] = []

        def says_one() -> bool:
            found[:] = re.findall(r"\d+", self.spoken(identifier).replace(",", ""))
            return bool(found)

        self.wait_until(says_one, f"{identifier} to say a number")
        return int(found[0])

    def wait_until(
        self,
        condition: Callable[[], object],
        what: str,
        seconds: float = REACT_S,
        otherwise: Callable[[], str] = str,
    ) -> None:
        """Wait for any state of the screen; `otherwise` says what was there instead."""
        ends = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > ends:
                self.fail(f"waited {seconds} s for {what}: {otherwise()}")
            self.page.wait_for_timeout(50)

    def fail(self, why: str) -> None:
        """Fail with a picture of the screen and everything that is on it."""
        picture = self._evidence / f"{self.name}-{time.time_ns() // 1_000_000}.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=picture)
        said = "\n".join(self.console[-80:])
        present = ", ".join(self.identifiers())
        message = (
            f"{self.name}: {why}\npicture: {picture}\non the screen: {present}\nconsole:\n{said}\n"
            f"network: {self.network.traffic}"
        )
        raise AssertionError(message)

    def _still(self, identifier: str) -> None:
        """Wait until it has stopped moving: a sheet slides in, a list jumps when rows arrive."""
        seen: list[object] = []

        def rests() -> bool:
            seen.append(self.find(identifier).bounding_box())
            return len(seen) > 2 and seen[-1] is not None and seen[-1] == seen[-2] == seen[-3]

        self.wait_until(rests, f"{identifier} to be still")

    def _switch_on_semantics(self) -> None:
        """Ask Flutter for the tree of what is on the screen, as a screen reader does."""
        placeholder = self.page.locator(SEMANTICS)
        try:
            placeholder.wait_for(state="attached", timeout=START_S * 1_000)
        except NotInTime:
            self.fail(f"the app did not draw anything within {START_S} s")
        placeholder.dispatch_event("click")
