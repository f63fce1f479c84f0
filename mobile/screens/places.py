"""The places of the app: which screens there are, at which addresses, and for whom."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

import flet as ft

from shared_models.people.tables import Role

BACK_OFFICE = frozenset({Role.COMPANY_MANAGER, Role.OFFICE})
EVERYBODY = frozenset(Role)
MEMBERS = frozenset({Role.MEMBER})
DESIGNERS = frozenset({Role.DESIGNER})
COLLEAGUES = EVERYBODY - DESIGNERS - MEMBERS
IN_CHARGE = BACK_OFFICE | {Role.STORE_MANAGER}


@dataclass(frozen=True, slots=True)
class Screen:
    """A component by its module and name, imported when it is first shown."""

    module: str
    component: str

    def __call__(self, *args: object, **kwargs: object) -> ft.Control:
        """Draw it."""
        drawn: ft.Control = _load(self.module, self.component)(*args, **kwargs)
        return drawn


@cache
def _load(module: str, component: str) -> Callable[..., ft.Control]:
    loaded: Callable[..., ft.Control] = getattr(import_module(f"mobile.screens.{module}"), component)
    return loaded


@dataclass(frozen=True, slots=True)
class Section:
    """A place with a list and, if it has records, a detail.

    `/{path}` shows `pane(selected=None)`, `/{path}/{id}` also `detail(record_id=…, back=…)`: beside the list on a tablet,
    as a page of its own on a phone. `label` is a key of `nav.`; a section is in the rail, and in a phone's bottom bar
    when `in_bar`.
    """

    path: str
    icon: ft.IconData
    selected_icon: ft.IconData
    pane: Screen
    detail: Screen | None = None
    roles: frozenset[Role] = COLLEAGUES
    in_bar: bool = True

    @property
    def label(self) -> str:
        """The key of its name."""
        return f"nav.{self.path}"


@dataclass(frozen=True, slots=True)
class FullPage:
    """A page without a place in the rail, such as a new sale: `component(back=…, **parameters of the path)`."""

    path: str
    component: Screen
    within: str
    """The section that stays marked in the rail."""
    roles: frozenset[Role] = field(default=COLLEAGUES)


SECTIONS: tuple[Section, ...] = (
    Section(
        "card",
        ft.Icons.BADGE_OUTLINED,
        ft.Icons.BADGE,
        Screen("member.card", "CardPane"),
        roles=MEMBERS,
    ),
    Section(
        "gifts",
        ft.Icons.REDEEM_OUTLINED,
        ft.Icons.REDEEM,
        Screen("member.gifts", "GiftsPane"),
        roles=MEMBERS,
    ),
    Section(
        "points",
        ft.Icons.TOLL_OUTLINED,
        ft.Icons.TOLL,
        Screen("member.points", "PointsPane"),
        roles=MEMBERS,
    ),
    Section(
        "orders",
        ft.Icons.RECEIPT_LONG_OUTLINED,
        ft.Icons.RECEIPT_LONG,
        Screen("member.orders", "OwnOrdersPane"),
        Screen("orders.detail", "OrderPane"),
        roles=MEMBERS,
    ),
    Section(
        "year",
        ft.Icons.INSIGHTS_OUTLINED,
        ft.Icons.INSIGHTS,
        Screen("designer.year", "YearPane"),
        roles=DESIGNERS,
    ),
    Section(
        "referrals",
        ft.Icons.HANDSHAKE_OUTLINED,
        ft.Icons.HANDSHAKE,
        Screen("designer.referrals", "ReferralsPane"),
        roles=DESIGNERS,
    ),
    Section(
        "commissions",
        ft.Icons.PAYMENTS_OUTLINED,
        ft.Icons.PAYMENTS,
        Screen("designer.commissions", "CommissionsPane"),
        roles=DESIGNERS,
    ),
    Section(
        "events",
        ft.Icons.LOCAL_ACTIVITY_OUTLINED,
        ft.Icons.LOCAL_ACTIVITY,
        Screen("designer.events", "EventsPane"),
        roles=DESIGNERS,
    ),
    Section(
        "today",
        ft.Icons.EVENT_OUTLINED,
        ft.Icons.EVENT,
        Screen("today.pane", "TodayPane"),
        Screen("lead.pane", "LeadPane"),
    ),
    Section(
        "leads",
        ft.Icons.PEOPLE_OUTLINED,
        ft.Icons.PEOPLE,
        Screen("leads.pane", "LeadsPane"),
        Screen("lead.pane", "LeadPane"),
    ),
    Section(
        "customers",
        ft.Icons.CARD_MEMBERSHIP_OUTLINED,
        ft.Icons.CARD_MEMBERSHIP,
        Screen("customers.pane", "CustomersPane"),
        Screen("customers.card", "CustomerPane"),
    ),
    Section(
        "orders",
        ft.Icons.RECEIPT_LONG_OUTLINED,
        ft.Icons.RECEIPT_LONG,
        Screen("orders.pane", "OrdersPane"),
        Screen("orders.detail", "OrderPane"),
    ),
    Section(
        "designers",
        ft.Icons.DRAW_OUTLINED,
        ft.Icons.DRAW,
        Screen("designers.pane", "DesignersPane"),
        Screen("designers.record", "DesignerRecordPane"),
        in_bar=False,
    ),
    Section(
        "gifts",
        ft.Icons.REDEEM_OUTLINED,
        ft.Icons.REDEEM,
        Screen("gifts.pane", "GiftsOfficePane"),
        Screen("gifts.detail", "GiftRecordPane"),
        in_bar=False,
    ),
    Section(
        "figures",
        ft.Icons.ANALYTICS_OUTLINED,
        ft.Icons.ANALYTICS,
        Screen("figures.pane", "FiguresPane"),
        roles=IN_CHARGE,
        in_bar=False,
    ),
    Section(
        "schemes",
        ft.Icons.TUNE_OUTLINED,
        ft.Icons.TUNE,
        Screen("schemes.pane", "SchemesPane"),
        Screen("schemes.comparison", "SchemePane"),
        roles=BACK_OFFICE,
        in_bar=False,
    ),
    Section(
        "import",
        ft.Icons.UPLOAD_FILE_OUTLINED,
        ft.Icons.UPLOAD_FILE,
        Screen("imports.pane", "ImportPane"),
        roles=BACK_OFFICE,
        in_bar=False,
    ),
    Section(
        "devices",
        ft.Icons.DEVICES_OUTLINED,
        ft.Icons.DEVICES,
        Screen("devices.pane", "DevicesPane"),
        roles=IN_CHARGE,
        in_bar=False,
    ),
    # A phone's bar has five places; the pill at the top of every list opens the sync.
    Section(
        "sync",
        ft.Icons.SYNC_OUTLINED,
        ft.Icons.SYNC,
        Screen("sync.pane", "SyncPane"),
        roles=EVERYBODY,
        in_bar=False,
    ),
    Section(
        "settings",
        ft.Icons.SETTINGS_OUTLINED,
        ft.Icons.SETTINGS,
        Screen("settings.pane", "SettingsPane"),
        roles=EVERYBODY,
    ),
)

PAGES: tuple[FullPage, ...] = (
    # A sale begins with a lead, a customer, or nobody yet.
    FullPage("sale/:subject?", Screen("sale.page", "SalePage"), within="orders"),
    FullPage("photo/:photo_id", Screen("photos.page", "PhotoPage"), within="leads"),
    FullPage("refused/:unit", Screen("sync.refusal", "RefusalPage"), within="sync", roles=EVERYBODY),
)


def sections_for(role: str) -> tuple[Section, ...]:
    """The places a person of this role has."""
    return tuple(section for section in SECTIONS if role in section.roles)


def section_at(path: str) -> Section | None:
    """The section of this path."""
    return next((section for section in SECTIONS if section.path == path), None)
