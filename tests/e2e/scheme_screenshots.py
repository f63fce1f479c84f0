"""The scheme workshop at the back office, into docs/screenshots, as `screenshots.py` does the rest."""

import sys

from playwright.sync_api import sync_playwright

from tests.e2e.screenshots import LOOKS, SIZES, START_MS, _demo_server, _Tour

SIZES["wide"] = (1560, 940)


class _SchemeTour(_Tour):
    """A draft, what it would have done, its publication, and the two versions beside each other."""

    def _enter_as(self, code: str) -> None:
        super()._enter_as("O001" if code == "S001" else code)

    def _lists_and_records(self) -> None:
        self._open_schemes()
        if self.size == "phone":
            self._shoot("schemes")
        self._tap("scheme-draft")
        self._find("simulate").wait_for(state="attached", timeout=START_MS)
        self._enter("scheme-base_rate", "1.5")
        self._enter("scheme-points_per_yuan", "x")
        self._shoot("scheme-mistake")
        self._enter("scheme-points_per_yuan", "80")
        self._shoot("scheme-draft")
        self._scroll_over_detail()
        self._tap("add-bonus")
        self._enter("bonus-0-category", "沙发")
        self._shoot("scheme-bonus")
        self._tap("simulate")
        self._find("edit-on").wait_for(state="attached", timeout=START_MS)
        self._shoot("scheme-result")
        self._scroll_over_detail()
        self._shoot("scheme-moves")
        self._tap("publish")
        self._find("publish-confirm").wait_for(state="attached")
        self._shoot("scheme-publish")
        self._tap("publish-confirm")
        self._find("comparison").wait_for(state="attached", timeout=START_MS)
        self._shoot("scheme-comparison")

    def _open_schemes(self) -> None:
        if self.size == "phone":
            self._go("settings")
            self._tap("open-schemes")
        else:
            self._tap("go-schemes")
        self._find("scheme-draft").wait_for(state="attached", timeout=START_MS)

    def _log_in(self) -> None:
        size, self.size = self.size, "tablet"
        self._quietly()
        self.size = size

    def _quietly(self) -> None:
        """Log in without another picture of the log-in page."""
        if self.language != "zh":
            self._tap(f"language-{self.language}")
        self._enter_as("C001")

    def _scroll_over_detail(self) -> None:
        width, height = SIZES[self.size]
        self.page.mouse.move(width * 0.7, height // 2)
        self.page.mouse.wheel(0, 9_000)

    def _sheets(self) -> None:
        """The back office sells nothing."""

    _sale = _other_tablet = _settings_and_import = _sheets


def main() -> None:
    """Take all pictures, or those whose name contains the word given on the command line."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    with sync_playwright() as playwright:
        for size in ("wide", "tablet", "phone"):
            for scheme, language in LOOKS:
                if wanted in f"{size}-{scheme}-{language}":
                    # A company of its own: each walk publishes a version.
                    with _demo_server() as address:
                        _SchemeTour(playwright, address, size, scheme, language).walk()


if __name__ == "__main__":
    main()
