"""The back office: gifts with their hand-over, designers' files, firms, claims, events, articles, statements, the review."""

from typing import ClassVar

from tests.e2e.tours.tour import Tour


class OfficeTour(Tour):
    """What the office keeps, on a phone and on a wide screen."""

    entries: ClassVar = {"wide": "O001", "phone": "O001"}

    def steps(self) -> None:
        self._gifts()
        self._designers()

    def _open(self, place: str) -> None:
        if self.size == "phone":
            self.go("settings")
            self.tap(f"open-{place}")
        else:
            self.tap(f"go-{place}")
        self.find(place).wait_for(state="attached")

    def _gifts(self) -> None:
        self._open("gifts")
        self.tap_first("hand-over-")
        self.find("redemption").wait_for(state="attached")
        self.shoot("office-hand-over")
        self.back()
        self.tap("gifts-show-gifts")
        if self.size == "phone":
            self.shoot("office-gifts")
        self.tap_first("gift-", than="gifts")
        self.find("gift-record").wait_for(state="attached")
        self.shoot("office-gift")
        self.bring_up("compare-gift")
        self.shoot("office-gift-versions")
        self._price_too_low()
        self.shoot("office-gift-form", "gift-form-save", self._price_too_low)
        self.put_away("gift-form-save")
        self.back()

        self._grant()
        self._coupons()
        self._open("figures")
        for kind in ("programme", "team", "customers", "campaign"):
            self.tap(f"figures-kind-{kind}")
            if kind in {"programme", "team"}:
                self.tap("figures-period-year")
            self.shoot(f"office-figures-{kind}")

    def _price_too_low(self) -> None:
        self.tap("edit-gift")
        self.find("gift-form-save").wait_for(state="attached")
        self.enter("gift-form-value", "1")
        self.tap("gift-form-save")
        self.find("gift-form-wrong").wait_for(state="attached")

    def _grant(self) -> None:
        self.tap("gifts-show-activities")
        self.tap_first("activity-")
        self.find("activity").wait_for(state="attached")
        self._grant_to_nobody()
        self.shoot("office-activity-grant", "grant-form-save", self._grant_to_nobody)
        self.put_away("grant-form-save")
        self.back()

    def _grant_to_nobody(self) -> None:
        self.tap("grant-activity")
        self.find("grant-form-save").wait_for(state="attached")
        self.enter("grant-form-phone", "13000000000")
        self.tap("grant-form-save")
        self.find("grant-form-wrong").wait_for(state="attached")

    def _coupons(self) -> None:
        self.tap("gifts-show-coupons")
        self.first("coupons-")
        if self.size == "phone":
            self.shoot("office-coupons")
        self.tap_first("coupons-")
        self.find("kind-issued").wait_for(state="attached")
        self.first("holder-")
        self.shoot("office-coupon-kind")
        self.back()
        self.tap("gifts-show-coupons")
        self._issue_to_a_tier()
        self.shoot("office-coupons-tier", "issue-go-on", self._issue_to_a_tier)
        self.tap("issue-to-")
        self.enter("issue-find", "chen")
        self.first("recipient-")
        self.shoot("office-coupons-member", "issue-go-on", lambda: self.tap("issue-coupons"))
        self.put_away("issue-go-on")

    def _issue_to_a_tier(self) -> None:
        self.tap("issue-coupons")
        self.find("issue-go-on").wait_for(state="attached")
        self.enter("issue-amount", "80")
        self.tap("issue-to-S2")
        self.tap("issue-go-on")
        self.find("issue-outlook").wait_for(state="attached")

    def _designers(self) -> None:
        self._open("designers")
        if self.size == "phone":
            self.shoot("office-designers")
        self.tap_first("designer-", than="designers")
        self.find("designer").wait_for(state="attached")
        self.shoot("office-designer")
        self.back()
        for name, record in (("firms", "firm-"), ("claims", "claim-"), ("events", "event-")):
            self.tap(f"designers-show-{name}")
            self.first(record)
            if self.size == "phone":
                self.shoot(f"office-{name}")
            self.tap_first(record)
            self.shoot(f"office-{record.removesuffix('-')}")
            self.back()
        self.tap("designers-show-articles")
        self.shoot("office-articles")
        self.tap("designers-show-designers")
        for page in ("review", "statements"):
            self.tap(page)
            self.find(f"{page}-page").wait_for(state="attached")
            self.shoot(f"office-{page}")
            self.back()
        self._levels()
        self.shoot("office-levels", "publish-levels", self._levels)
        self.put_away("publish-levels")
        self.tap("new-designers")
        self.find("designer-form-save").wait_for(state="attached")
        self.shoot("office-new-designer", "designer-form-save", lambda: self.tap("new-designers"))
        self.put_away("designer-form-save")

    def _levels(self) -> None:
        self.tap("levels")
        self.find("publish-levels").wait_for(state="attached")
