"""The built browser app in real Chromium: what it keeps, whom it asks, and what a second tab is told."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from mobile.browser.build import build
from tests.e2e.static_server import AppServer

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
START_MS = 60_000


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("web") / "web"
    build(out, Path(__file__).parent / "storage_app", quickly=True)
    return out


@pytest.fixture
def server(built: Path) -> Iterator[AppServer]:
    with AppServer(built) as running:
        yield running


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


def start(playwright: Playwright, profile: Path) -> tuple[BrowserContext, list[str]]:
    """A browser on the profile, and the addresses that it asked for."""
    context = playwright.chromium.launch_persistent_context(profile, executable_path=CHROMIUM, args=ARGUMENTS)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    return context, asked


def open_app(page: Page, address: str) -> None:
    """Open the app and make its texts readable for the test, once it is usable."""
    page.goto(address)
    page.wait_for_function("performance.getEntriesByName('showfloor:usable').length > 0", timeout=START_MS)
    page.locator("flt-semantics-placeholder").dispatch_event("click")


def wait_until_offline_copy_is_whole(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null", timeout=START_MS)


def foreign(asked: list[str], address: str) -> list[str]:
    return [url for url in asked if not url.startswith((address, "data:", "blob:"))]


def kill_browser(profile: Path) -> None:
    """SIGKILL every process of the browser that runs on this profile, as a dying tablet would."""
    option = f"--user-data-dir={profile}"
    browsers = [
        process for process in psutil.process_iter(["cmdline"]) if option in (process.info["cmdline"] or [])
    ]
    assert browsers
    for process in browsers:
        process.send_signal(signal.SIGKILL)


@contextmanager
def closed(context: BrowserContext) -> Iterator[None]:
    """Wait until the browser that the block kills is known to be gone; there is nothing left to close then."""
    with context.expect_event("close"):
        yield


def opfs_files(profile: Path) -> list[Path]:
    return [file for file in profile.rglob("File System/**/*") if file.is_file() and file.stat().st_size]


def test_rows_survive_the_death_of_the_browser_and_are_there_offline_unreadable_without_the_key(
    playwright: Playwright, server: AppServer, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    context, asked = start(playwright, profile)
    page = context.pages[0]
    open_app(page, server.address)
    expect(page.get_by_text("rows 0")).to_be_visible(timeout=START_MS)
    wait_until_offline_copy_is_whole(page)
    for number in (1, 2, 3):
        page.get_by_role("button", name="write").click()
        expect(page.get_by_text(f"rows {number}")).to_be_visible()
    page.get_by_role("button", name="listen").click()
    expect(page.get_by_text("live data: 0,data: 1,data: 2")).to_be_visible()
    assert foreign(asked, server.address) == []

    with closed(context):
        kill_browser(profile)
    server.stop()

    content = b"".join(file.read_bytes() for file in opfs_files(profile))
    assert content
    assert b"SQLite format 3" not in content
    assert b"13800138000" not in content

    context, asked = start(playwright, profile)
    page = context.pages[0]
    open_app(page, server.address)
    expect(page.get_by_text("rows 3")).to_be_visible(timeout=START_MS)
    page.get_by_role("button", name="write").click()
    expect(page.get_by_text("rows 4")).to_be_visible()
    page.get_by_role("button", name="listen").click()
    expect(page.get_by_text("live ConnectError")).to_be_visible()
    assert foreign(asked, server.address) == []
    context.close()


def test_no_two_starts_from_the_snapshot_have_the_same_random_numbers(
    playwright: Playwright, server: AppServer, tmp_path: Path
) -> None:
    context, _ = start(playwright, tmp_path / "profile")
    page = context.pages[0]
    seen: list[list[str]] = []
    for _ in range(2):
        open_app(page, server.address)
        text = page.get_by_text("chance ").text_content(timeout=START_MS)
        seen.append((text or "").split()[1:])
    context.close()
    assert len(seen[0]) == 3
    assert all(first != second for first, second in zip(*seen, strict=True))


def test_a_second_tab_is_told_and_takes_over_when_the_first_one_closes(
    playwright: Playwright, server: AppServer, tmp_path: Path
) -> None:
    context, _ = start(playwright, tmp_path / "profile")
    first = context.pages[0]
    open_app(first, server.address)
    expect(first.get_by_text("rows 0")).to_be_visible(timeout=START_MS)
    first.get_by_role("button", name="write").click()
    expect(first.get_by_text("rows 1")).to_be_visible()
    second = context.new_page()
    second.goto(server.address)
    told = second.get_by_text("Open in another tab").or_(second.get_by_text("已在另一个标签页打开"))
    expect(told).to_be_visible()
    first.close()
    second.wait_for_function("performance.getEntriesByName('showfloor:usable').length > 0", timeout=START_MS)
    second.locator("flt-semantics-placeholder").dispatch_event("click")
    expect(second.get_by_text("rows 1")).to_be_visible(timeout=START_MS)
    context.close()


def test_a_new_version_is_fetched_in_the_background_and_waits_for_the_person(
    playwright: Playwright, built: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "web"
    shutil.copytree(built, folder)
    with AppServer(folder) as server:
        context, _ = start(playwright, tmp_path / "profile")
        page = context.pages[0]
        open_app(page, server.address)
        wait_until_offline_copy_is_whole(page)
        worker = folder / "sw.js"
        for packed in (folder / "sw.js.br", folder / "sw.js.gz"):
            packed.unlink()
        worker.write_text(worker.read_text().replace('const VERSION = "', 'const VERSION = "next-'))
        page.reload()
        offer = page.locator("#update-bar")
        expect(offer).to_be_visible(timeout=START_MS)
        assert page.evaluate("caches.keys()") != []
        with page.expect_navigation(timeout=START_MS):
            offer.get_by_role("button").click()
        page.wait_for_function(
            "performance.getEntriesByName('showfloor:usable').length > 0", timeout=START_MS
        )
        versions = page.evaluate("caches.keys()")
        assert [name.startswith("showfloor-next-") for name in versions] == [True]
        context.close()


def test_a_full_disk_is_an_error_that_keeps_what_was_committed(
    playwright: Playwright, server: AppServer, tmp_path: Path
) -> None:
    context, _ = start(playwright, tmp_path / "profile")
    page = context.pages[0]
    open_app(page, server.address)
    page.get_by_role("button", name="write").click()
    expect(page.get_by_text("rows 1")).to_be_visible(timeout=START_MS)
    used = page.evaluate("navigator.storage.estimate().then((estimate) => estimate.usage)")
    limit = {"origin": server.address, "quotaSize": used + 5_000_000}
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", limit)
    page.get_by_role("button", name="fill").click()
    expect(page.get_by_text("DiskFullError, rows 1")).to_be_visible(timeout=START_MS)
    context.close()


def test_the_app_can_be_installed(playwright: Playwright, server: AppServer, tmp_path: Path) -> None:
    context, _ = start(playwright, tmp_path / "profile")
    page = context.pages[0]
    page.goto(server.address)
    manifest = page.evaluate("fetch('manifest.json').then((answer) => answer.json())")
    assert (manifest["name"], manifest["display"], manifest["start_url"]) == (
        "展厅 Showfloor",
        "standalone",
        "/",
    )
    for icon in manifest["icons"]:
        answer = page.evaluate(
            "(path) => fetch(path).then((answer) => answer.headers.get('Content-Type'))", icon["src"]
        )
        assert answer == "image/png"
    context.close()
