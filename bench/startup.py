"""How long the browser app takes to its first usable screen: `python bench/startup.py [--build] [--runs N]`.

Cold is a new profile with the server there; warm offline is the second start of an installed app, browser closed and
server gone in between. The baseline is the same app built the plain way. One JSON object a line.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from playwright.sync_api import BrowserContext, Playwright, sync_playwright  # noqa: E402 - after the path is set

from mobile.browser.build import build  # noqa: E402
from mobile.browser.plain import build_plain  # noqa: E402
from tests.e2e.static_server import AppServer  # noqa: E402

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
START_MS = 120_000
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


def report(name: str, value: float, unit: str, bar: float | None = None) -> bool:
    """Print one figure; whether it is within its bar."""
    line: dict[str, object] = {"name": name, "value": round(value, 3), "unit": unit}
    if bar is not None:
        line |= {"bar": bar, "ok": value <= bar}
    print(json.dumps(line), flush=True)
    return bar is None or value <= bar


def main() -> int:
    """Build where asked or missing, measure both builds alternately, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", action="store_true", help="build both anew first")
    parser.add_argument("--app", type=Path, default=REPOSITORY, help="folder with main.py")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--text", default=r"登录|Log in", help="words of the first screen")
    arguments = parser.parse_args()
    fast, plain = REPOSITORY / "build" / "web", REPOSITORY / "build" / "web-plain"
    if arguments.build or not fast.exists():
        build(fast, arguments.app.resolve())
    if arguments.build or not plain.exists():
        build_plain(plain, arguments.app.resolve())
    words = re.compile(arguments.text)
    with sync_playwright() as playwright:
        pairs = [
            (measure(playwright, plain, words), measure(playwright, fast, words))
            for _ in range(arguments.runs)
        ]
    medians = [
        [statistics.median(pair[kind][start] for pair in pairs) for start in (0, 1)] for kind in (0, 1)
    ]
    (plain_cold, plain_warm), (cold, warm) = medians
    report("startup_cold_plain", plain_cold, "s")
    report("startup_warm_offline_plain", plain_warm, "s")
    report("startup_cold", cold, "s")
    return 0 if all([
        report("startup_warm_offline", warm, "s", WARM_BAR_S),
        report("startup_warm_offline_ratio_to_plain", warm / plain_warm, "ratio", RATIO_BAR),
    ]) else 1  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
