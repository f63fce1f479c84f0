"""The counter: a sale paid with points, a member's card, gifts, a return; as `screenshots.py` does the rest."""

import sys

from playwright.sync_api import sync_playwright

from tests.e2e.screenshots import LOOKS, _demo_server, _Tour


class _CounterTour(_Tour):
    """A member's points on both sides of the network."""

    def _lists_and_records(self) -> None:
        self._go("customers")
        self._tap("filter-members")
        self._shoot("counter-members")
        self._tap("enrol-new")
        self._enter("enrol-phone", "13800000001")
        self._shoot("counter-enrol")
        self._put_away("enrol-save")
        self._tap_first("customer-", than="customer-list")
        self._find("customer-points").wait_for(state="attached")
        self._tap("reserve-points")
        self._shoot("counter-reserve")
        self._tap("lease-take")
        self._find("lease-take").wait_for(state="detached")
        self._find("release-points").wait_for(state="attached")
        self._shoot("counter-member")
        self._tap("redeem")
        self._shoot("counter-gifts")
        self._put_away("redeem-confirm")
        if self._find("adjust-points").count():
            self._tap("adjust-points")
            self._shoot("counter-adjust")
            self._put_away("adjust-save")
        self._scroll_to_end()
        self._shoot("counter-ledger")
        self._tap_first("entry-")
        self._find("why-sheet").wait_for(state="attached")
        self._shoot("counter-why")
        self._put_away("why-close")

    def _sheets(self) -> None:
        """All of them are above."""

    _other_tablet = _settings_and_import = _sheets

    def _sale(self) -> None:
        self._tap("sell")
        if self.size == "phone":
            self._tap("sale-add-product")
        for product in self._identifiers("product-YQ")[:2]:
            self._tap(product)
        if self.size == "phone":
            self._tap("catalogue-done")
        self._find("sale-reductions").wait_for(state="attached")
        self._enter("sale-coupon", "300")
        self._enter("sale-campaign", "NEWHOME")
        self._shoot("counter-sale")
        self._scroll_to_end()
        self._tap("sale-offset-max")
        self._shoot("counter-offset")
        self._scroll_to_end()
        self._shoot("counter-total")
        self._tap("sale-confirm")
        self._find("done-synced").wait_for(state="attached")
        self._tap("done-order")
        self._tap("start-return")
        self._tap_first("return-line-")
        self._find("return-outcome").wait_for(state="attached")
        self._shoot("counter-return")
        self._tap("return-confirm")
        self._find("return-done").wait_for(state="attached")
        self._shoot("counter-returned")


def main() -> None:
    """Take all pictures, or those whose name contains the word given on the command line."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    with _demo_server() as address, sync_playwright() as playwright:
        for size in ("phone", "tablet"):
            for scheme, language in LOOKS:
                if wanted in f"{size}-{scheme}-{language}":
                    _CounterTour(playwright, address, size, scheme, language).walk()


if __name__ == "__main__":
    main()
