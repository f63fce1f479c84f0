"""The devices page of those in charge, and the log-in of a wiped device."""

from typing import ClassVar

import httpx

from tests.e2e.colleague import colleague_does
from tests.e2e.tours.tour import PASSWORD, START_MS, Tour


class DevicesTour(Tour):
    """A store manager among the devices of colleagues; then their own is wiped."""

    entries: ClassVar = {"phone": "M001", "tablet": "M001"}

    def log_in(self) -> None:
        for code in ("S001", "S002", "S003"):
            colleague_does(self.address, code, PASSWORD, lambda _app: None)
        super().log_in()

    def steps(self) -> None:
        self._orders_to_devices()
        self._wiped_from_the_office()

    def _orders_to_devices(self) -> None:
        if self.size == "phone":
            self.go("settings")
            self.shoot("settings-manager")
            self.tap("open-devices")
        else:
            self.tap("go-devices")
        self.page.locator('[flt-semantics-identifier^="device-"]').first.wait_for(state="attached")
        self.shoot("devices")
        self.tap_first("resync-")
        self.tap("order-confirm")
        # What is said of it stands where a phone has the next button.
        self.find("said").wait_for(state="attached")
        self.find("said").wait_for(state="detached")
        self.tap_first("wipe-")
        self.find("order-confirm").wait_for(state="attached")
        self.shoot("devices-wipe")
        self.tap("order-confirm")
        self.find("order-confirm").wait_for(state="detached")
        self.shoot("devices-ordered")

    def _wiped_from_the_office(self) -> None:
        with httpx.Client(base_url=self.address) as client:
            device = {"name": "office", "platform": "web"}
            body = {"code": "C001", "password": PASSWORD, "device": device}
            tokens = client.post("/api/auth/login", json=body).json()
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            devices = client.get("/api/devices", headers=headers).json()
            own = next(each for each in devices if each["name"] not in {"tablet", "office"})
            client.post(f"/api/devices/{own['id']}/wipe", headers=headers).raise_for_status()
        self.find("wiped").wait_for(state="attached", timeout=START_MS)
        self.shoot("login-wiped")
