"""The devices page of those in charge, and the log-in of a wiped device, into docs/screenshots, as `screenshots.py` does."""

import sys

import httpx
from playwright.sync_api import expect, sync_playwright

from tests.e2e.colleague import colleague_does
from tests.e2e.screenshots import LOOKS, PASSWORD, START_MS, _demo_server, _Tour


class _DevicesTour(_Tour):
    """A store manager among the devices of colleagues; then their own is wiped."""

    def _log_in(self) -> None:
        if self.language != "zh":
            self._tap(f"language-{self.language}")
            expect(self.page.get_by_role("button", name="Log in")).to_be_attached()
        for code in ("S001", "S002", "S003"):
            colleague_does(self.address, code, PASSWORD, lambda _app: None)
        self._enter_as("M001")

    def _lists_and_records(self) -> None:
        if self.size == "phone":
            self._go("settings")
            self._shoot("settings-manager")
            self._tap("open-devices")
        else:
            self._tap("go-devices")
        self.page.locator('[flt-semantics-identifier^="device-"]').first.wait_for(state="attached")
        self._shoot("devices")
        self._tap_first("resync-")
        self._tap("order-confirm")
        self._tap_first("wipe-")
        self._find("order-confirm").wait_for(state="attached")
        self._shoot("devices-wipe")
        self._tap("order-confirm")
        self._find("order-confirm").wait_for(state="detached")
        self._shoot("devices-ordered")

    def _sheets(self) -> None:
        """What anybody has is in `screenshots.py`."""

    _sale = _other_tablet = _sheets

    def _settings_and_import(self) -> None:
        """Their own device is wiped from the office."""
        with httpx.Client(base_url=self.address) as client:
            device = {"name": "office", "platform": "web"}
            body = {"code": "C001", "password": PASSWORD, "device": device}
            tokens = client.post("/api/auth/login", json=body).json()
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            devices = client.get("/api/devices", headers=headers).json()
            own = next(each for each in devices if each["name"] not in {"tablet", "office"})
            client.post(f"/api/devices/{own['id']}/wipe", headers=headers).raise_for_status()
        self._find("wiped").wait_for(state="attached", timeout=START_MS)
        self._shoot("login-wiped")


def main() -> None:
    """Take all pictures, or those whose name contains the word given on the command line."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    with sync_playwright() as playwright:
        for size in ("phone", "tablet"):
            for scheme, language in LOOKS:
                if wanted in f"{size}-{scheme}-{language}":
                    with _demo_server() as address:
                        _DevicesTour(playwright, address, size, scheme, language).walk()


if __name__ == "__main__":
    main()
