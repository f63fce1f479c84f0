"""The scheme workshop at the back office: a draft, what it would have done, its publication."""

from typing import ClassVar

from tests.e2e.tours.tour import SIZES, START_MS, Tour


class SchemeTour(Tour):
    """A draft, what it would have done, its publication, and the two versions beside each other."""

    entries: ClassVar = {"phone": "O001", "tablet": "C001", "wide": "C001"}

    def steps(self) -> None:
        self._open_schemes()
        if self.size == "phone":
            self.shoot("schemes")
        self.tap("scheme-draft")
        self.find("simulate").wait_for(state="attached", timeout=START_MS)
        self.enter("scheme-base_rate", "1.5")
        self.enter("scheme-points_per_yuan", "x")
        self.shoot("scheme-mistake")
        self.enter("scheme-points_per_yuan", "80")
        self.shoot("scheme-draft")
        self._scroll_over_detail()
        self._bring_back("add-bonus")
        self.tap("add-bonus")
        self.find("bonus-0-category").wait_for(state="attached")
        self._bring_back("bonus-0-category")
        self.enter("bonus-0-category", "沙发")
        self.shoot("scheme-bonus")
        self.tap("simulate")
        self.find("edit-on").wait_for(state="attached", timeout=START_MS)
        self.shoot("scheme-result")
        self._scroll_over_detail()
        self.shoot("scheme-moves")
        self.tap("publish")
        self.find("publish-confirm").wait_for(state="attached")
        self.shoot("scheme-publish")
        self.tap("publish-confirm")
        self.find("comparison").wait_for(state="attached", timeout=START_MS)
        self.shoot("scheme-comparison")

    def _open_schemes(self) -> None:
        if self.size == "phone":
            self.go("settings")
            self.tap("open-schemes")
        else:
            self.tap("go-schemes")
        self.find("scheme-draft").wait_for(state="attached", timeout=START_MS)

    def _bring_back(self, identifier: str) -> None:
        """Scroll up until all of this is in sight: a phone shows less than what was added last."""
        while (box := self.find(identifier).bounding_box()) is not None and box["y"] < SIZES[self.size][
            1
        ] * 0.1:
            self.page.mouse.wheel(0, -200)
            self.rest_still()

    def _scroll_over_detail(self) -> None:
        width, height = SIZES[self.size]
        self.page.mouse.move(width * 0.7, height // 2)
        self.page.mouse.wheel(0, 9_000)
