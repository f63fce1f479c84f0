"""The designer's phone and the designers at the back office, into docs/screenshots, as `screenshots.py` does the rest."""

import sys

from playwright.sync_api import expect, sync_playwright

from tests.e2e.screenshots import LOOKS, PASSWORD, START_MS, _demo_server, _Tour


class _DesignerTour(_Tour):
    """Every place of a designer; the last ones with the network cut."""

    def _lists_and_records(self) -> None:
        if self.size == "tablet":
            self._tap("go-designers")
            self._tap_first("designer-", than="designer-")
            self._find("performance").wait_for(state="attached")
            self._shoot("designers")
            self._tap("levels")
            self._find("publish-levels").wait_for(state="attached")
            self._shoot("designer-levels")
            return
        self._shoot("designer-year")
        self._tap("go-commissions")
        self._shoot("designer-commissions")
        self._tap("commissions-statements")
        self._shoot("designer-statements")
        self._tap("go-events")
        self._shoot("designer-events")

    def _sheets(self) -> None:
        """A designer sells nothing; they refer."""

    _sale = _other_tablet = _sheets

    def _settings_and_import(self) -> None:
        if self.size == "tablet":
            return
        self.context.set_offline(True)
        self._tap("go-referrals")
        self._tap("new-referral")
        self._enter("referral-name", "周先生")
        self._enter("referral-phone", "13700002222")
        self._shoot("designer-register")
        self._tap("save")
        self._find("save").wait_for(state="detached")
        self._shoot("designer-referrals-offline")

    def _log_in(self) -> None:
        if self.language != "zh":
            self._tap(f"language-{self.language}")
            expect(self.page.get_by_role("button", name="Log in")).to_be_attached()
        self._enter("login-code", "D001" if self.size == "phone" else "C001")
        self._enter("login-password", PASSWORD)
        self._tap("login-submit")
        ready = "today-ready" if self.size == "tablet" else "designer-year"
        self._find(ready).wait_for(state="attached", timeout=START_MS)


def main() -> None:
    """Take all pictures, or those whose name contains the word given on the command line."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    with _demo_server() as address, sync_playwright() as playwright:
        for size in ("phone", "tablet"):
            for scheme, language in LOOKS:
                if wanted in f"{size}-{scheme}-{language}":
                    _DesignerTour(playwright, address, size, scheme, language).walk()


if __name__ == "__main__":
    main()
