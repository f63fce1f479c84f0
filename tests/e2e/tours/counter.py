"""The counter: a sale paid with points, a member's card, gifts, a return."""

from typing import ClassVar

from tests.e2e.tours.tour import Tour


class CounterTour(Tour):
    """A member's points on both sides of the network."""

    entries: ClassVar = {"phone": "S001", "tablet": "C001"}

    def steps(self) -> None:
        self._members()
        self._sale_and_return()

    def _members(self) -> None:
        self.go("customers")
        self.tap("filter-members")
        self.shoot("counter-members")
        self.tap("enrol-new")
        self.enter("enrol-phone", "13800000001")
        self.shoot("counter-enrol")
        self.put_away("enrol-save")
        self.tap_first("customer-", than="customer-list")
        self.find("customer-points").wait_for(state="attached")
        self.tap("reserve-points")
        self.shoot("counter-reserve")
        self.tap("lease-take")
        self.find("lease-take").wait_for(state="detached")
        self.find("release-points").wait_for(state="attached")
        self.shoot("counter-member")
        self.tap("redeem")
        self.shoot("counter-gifts")
        self.put_away("redeem-confirm")
        if self.find("adjust-points").count():
            self.tap("adjust-points")
            self.shoot("counter-adjust")
            self.put_away("adjust-save")
        self.scroll_to_end()
        self.shoot("counter-ledger")
        self.tap_first("entry-")
        self.find("why-sheet").wait_for(state="attached")
        self.shoot("counter-why")
        self.put_away("why-close")

    def _sale_and_return(self) -> None:
        self.tap("sell")
        self.pick_products()
        self.find("sale-reductions").wait_for(state="attached")
        self.tap_first("sale-coupons-", than="sale-coupons-")
        self.enter("sale-campaign", "NEWHOME")
        self.shoot("counter-sale")
        self.scroll_to_end()
        self.tap("sale-offset-max")
        self.shoot("counter-offset")
        self.scroll_to_end()
        self.shoot("counter-total")
        self.tap("sale-confirm")
        self.find("done-synced").wait_for(state="attached")
        self.tap("done-order")
        self.tap("start-return")
        self.tap_first("return-line-")
        self.find("return-outcome").wait_for(state="attached")
        self.shoot("counter-return")
        self.tap("return-confirm")
        self.find("return-done").wait_for(state="attached")
        self.shoot("counter-returned")
