"""A salesperson's day on the phone, a company's on the tablet, imports of the back office, and two tablets at once."""

from functools import partial
from typing import ClassVar

from playwright.sync_api import FilePayload

from mobile.state.application import App
from mobile.state.lead_actions import edit_lead
from mobile.state.sale_actions import balance_fen, record_payment
from shared_models.sales.tables import Lead, Order
from tests.e2e.colleague import colleague_does
from tests.e2e.tours.tour import PASSWORD, START_MS, Tour
from tests.integration.importing.sources import THREE_TABLES, made_up


class SalesTour(Tour):
    """The places that everybody who sells has."""

    entries: ClassVar = {"phone": "S001", "tablet": "C001"}

    def log_in(self) -> None:
        self.shoot("login")
        super().log_in()

    def steps(self) -> None:
        self._lists_and_records()
        self._sheets()
        self._sale()
        self._other_tablet()
        self._settings_and_import()

    def _lists_and_records(self) -> None:
        self.tap_first("lead-")
        self.shoot("today" if self.size == "tablet" else "lead")
        self.back()
        if self.size == "phone":
            self.shoot("today")
        for place, record in (("leads", "lead-"), ("customers", "customer-"), ("orders", "order-")):
            self.go(place)
            if self.size == "phone":
                self.shoot(place)
            self.tap_first(record, than="customer-list")
            self.shoot(place if self.size == "tablet" else place.removesuffix("s"))
            self.back()

    def _sheets(self) -> None:
        self.go("leads")
        self._new_lead()
        self.shoot("new-lead", "save", self._new_lead)
        self.put_away("save")
        self.tap_first("lead-")
        for name, button, save in (
            ("log-follow-up", "log", "save-log"),
            ("needs", "edit-needs", "save-needs"),
        ):
            self.tap(button)
            self.shoot(name, save, partial(self.tap, button))
            self.put_away(save)

    def _new_lead(self) -> None:
        self.tap("new-lead")
        self.enter("new-name", "欧阳若曦" if self.language == "zh" else "Ouyang Ruoxi")

    def _sale(self) -> None:
        self.tap("sell")
        self.pick_products("catalogue")
        self.shoot("sale")
        self.tap("sale-confirm")
        self.find("done-synced").wait_for(state="attached")
        self.shoot("sale-done")

    def _other_tablet(self) -> None:
        """Two tablets at once: one offline, one not, both at the same lead and the same order."""
        self.open("today-ready")
        self.context.set_offline(True)
        lead = self.first("lead-")
        self.tap(lead)
        self.tap("edit-needs")
        self.enter("budget", "128000")
        self.tap("save-needs")
        self.find("save-needs").wait_for(state="detached")
        self.back()
        self.go("orders")
        everything = self.identifiers("order-")
        self.tap("filter-open")
        while self.identifiers("order-") == everything:
            self.page.wait_for_timeout(100)
        order = self.first("order-", than="order-list")
        self.tap(order)
        self.tap("take-payment")
        self.tap("payment-confirm")
        self.find("payment-confirm").wait_for(state="detached")
        self.back()
        self.tap("status")
        self.shoot("sync-offline")

        def change_too(app: App) -> None:
            lead_id, order_id = lead.removeprefix("lead-"), order.removeprefix("order-")
            if app.read(lambda session: session.get(Lead, lead_id)) is not None:
                edit_lead(app, lead_id, budget_fen=9_600_000)
            if app.read(lambda session: session.get(Order, order_id)) is not None:
                record_payment(
                    app, order_id, app.read(lambda session: balance_fen(session, order_id)), "card"
                )

        for manager in ("M001", "M002", "M003"):
            colleague_does(self.address, manager, PASSWORD, change_too)
        self.context.set_offline(False)
        # `conflict-count` and `refused-count` are always there.
        self.find(f"conflict-{lead.removeprefix('lead-')}-budget_fen").wait_for(
            state="attached", timeout=START_MS
        )
        self.page.locator('[flt-semantics-identifier^="resend-"]').first.wait_for(
            state="attached", timeout=START_MS
        )
        self.shoot("sync-conflict")
        self.scroll_to_end()
        self.shoot("sync-refused")
        self.tap("proof-check")
        self.find("proof-equal").wait_for(state="attached", timeout=START_MS)
        self.scroll_to_end()
        self.shoot("sync-proof")

    def _settings_and_import(self) -> None:
        self.go("settings")
        self.shoot("settings")
        if self.size == "phone":
            self.leave_for("O001")
            self.go("settings")
            self.shoot("settings-office")
        self.tap("open-import" if self.size == "phone" else "go-import")
        self.shoot("import")
        files, _ = made_up()
        bad = (
            files["superstore_orders.csv"]
            .replace(b"11/8/2017", b"31 November", 2)
            .replace(b",South,", b",,", 3)
        )
        with self.page.expect_file_chooser() as chooser:
            self.tap("import-choose")
        chooser.value.set_files(
            [
                FilePayload(name=name, mimeType="text/csv", buffer=content)
                for name, content in (files | {"superstore_orders.csv": bad}).items()
                if name != THREE_TABLES
            ]
        )
        self.find("import-start").wait_for(state="attached", timeout=START_MS)
        self.shoot("import-checked")
        self.scroll_to_end()
        self.shoot("import-rows")
        self.scroll_to_end(-1)
        self.tap_away("import-start")
        self.find("import-done").wait_for(state="attached", timeout=START_MS)
        self.shoot("import-done")
