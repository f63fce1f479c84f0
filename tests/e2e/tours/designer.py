"""The designer's phone, its last places with the network cut, and the designers at the back office."""

from typing import ClassVar

from tests.e2e.tours.tour import Tour


class DesignerTour(Tour):
    """Every place of a designer; a store's list of them on the tablet."""

    entries: ClassVar = {"phone": "D001", "tablet": "C001"}

    def log_in(self) -> None:
        self.enter_as(self.entries[self.size], "today-ready" if self.size == "tablet" else "designer-year")

    def steps(self) -> None:
        if self.size == "tablet":
            self._back_office()
        else:
            self._year()
            self._refer_offline()

    def _back_office(self) -> None:
        self.tap("go-designers")
        self.tap_first("designer-", than="designer-")
        self.find("performance").wait_for(state="attached")
        self.shoot("designers")
        self.tap("levels")
        self.find("publish-levels").wait_for(state="attached")
        self.shoot("designer-levels")

    def _year(self) -> None:
        self.shoot("designer-year")
        self.tap("go-commissions")
        self.shoot("designer-commissions")
        self.tap("commissions-statements")
        self.shoot("designer-statements")
        self.tap("go-events")
        self.shoot("designer-events")

    def _refer_offline(self) -> None:
        self.context.set_offline(True)
        self.tap("go-referrals")
        self._fill()
        self.shoot("designer-register", "save", self._fill)
        self.tap("save")
        self.find("save").wait_for(state="detached")
        self.shoot("designer-referrals-offline")

    def _fill(self) -> None:
        self.tap("new-referral")
        self.enter("referral-name", "周先生")
        self.enter("referral-phone", "13700002222")
