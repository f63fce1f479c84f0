"""How long the browser app takes to its first usable screen, the log-in.

Cold is a new profile with the server there; warm offline is the second start of an installed app, browser closed and
server gone in between. The baseline is the same app built the plain way, measured in turn.
"""

import os
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from bench.figures import Figure
from mobile.browser.build import build
from mobile.browser.plain import build_plain
from tests.e2e.static_server import AppServer

REPOSITORY = Path(__file__).resolve().parents[1]

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
START_MS = 120_000
RUNS = 3
FIRST_WORDS = r"登录|Log in"
WARM_BAR_S = 8.0
RATIO_BAR = 0.5


def browser(playwright: Playwright, profile: str) -> BrowserContext:
    """Chromium on that profile."""
    return playwright.chromium.launch_persistent_context(profile, executable_path=CHROMIUM, args=ARGUMENTS)


def seconds_to_text(context: BrowserContext, address: str, words: re.Pattern[str]) -> float:
    """Time from opening the address until the words can be read on the screen."""
    page = context.pages[0]
    started = time.perf_counter()
    page.goto(address)
    page.locator("flt-semantics-placeholder").dispatch_event("click", timeout=START_MS)
    # A button's words are its accessible name, which is no text content.
    page.get_by_text(words).or_(page.get_by_role("button", name=words)).first.wait_for(timeout=START_MS)
    return time.perf_counter() - started


def measure(playwright: Playwright, folder: Path, words: re.Pattern[str]) -> tuple[float, float]:
    """One cold and one warm offline start, in seconds."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, AppServer(folder) as server:
        context = browser(playwright, profile)
        cold = seconds_to_text(context, server.address, words)
        context.pages[0].evaluate("navigator.serviceWorker.ready.then(() => true)")
        context.close()
        server.stop()
        context = browser(playwright, profile)
        warm = seconds_to_text(context, server.address, words)
        context.close()
    return cold, warm


def figures() -> Iterator[Figure]:
    """Both builds in turn, several times; the medians."""
    fast, plain = REPOSITORY / "build" / "web", REPOSITORY / "build" / "web-plain"
    build(fast, REPOSITORY)
    build_plain(plain, REPOSITORY)
    words = re.compile(FIRST_WORDS)
    with sync_playwright() as playwright:
        pairs = [(measure(playwright, plain, words), measure(playwright, fast, words)) for _ in range(RUNS)]
    (plain_cold, plain_warm), (cold, warm) = [
        [statistics.median(pair[kind][start] for pair in pairs) for start in (0, 1)] for kind in (0, 1)
    ]
    yield Figure("startup_cold_plain", plain_cold, "s")
    yield Figure("startup_warm_offline_plain", plain_warm, "s")
    yield Figure("startup_cold", cold, "s")
    yield Figure("startup_cold_ratio_to_plain", cold / plain_cold, "ratio", RATIO_BAR, at_most=True)
    yield Figure("startup_warm_offline", warm, "s", WARM_BAR_S, at_most=True)
    yield Figure("startup_warm_offline_ratio_to_plain", warm / plain_warm, "ratio", RATIO_BAR, at_most=True)
