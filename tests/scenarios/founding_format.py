"""What a scenario sets up before its first step: the scheme, the people, the members, the devices."""

from typing import Annotated, Literal

from msgspec import Meta, field

from shared_models.moments import DEFAULT_ZONE, parse_zone
from tests.scenarios.values import (
    UNSET,
    Amount,
    Count,
    Day,
    FormatError,
    Id,
    Moment,
    Money,
    Positive,
    Rate,
    Strict,
    UnsetType,
    Year,
)


class Offset(Strict, kw_only=True):
    """How points pay."""

    points_per_yuan: Positive | UnsetType = UNSET
    unit: Positive | UnsetType = UNSET
    cap_percent: Rate | UnsetType = UNSET


class Tier(Strict, kw_only=True):
    """A level of membership."""

    name: Id
    from_: Count = field(name="from")
    discount_percent: Rate = "0"


class Bonus(Strict, tag_field="kind"):
    """Extra points: exactly one of `multiplier` and `fixed`."""

    id: Id
    multiplier: Rate | UnsetType = UNSET
    fixed: Count | UnsetType = UNSET
    group: Id | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.multiplier is UNSET) == (self.fixed is UNSET):
            raise ValueError("a bonus has exactly one of `multiplier` and `fixed`")


class Window(Bonus, tag="window", kw_only=True):
    from_: Moment = field(name="from")
    to: Moment


class CategoryBonus(Bonus, tag="category", kw_only=True):
    category: Id


class Campaign(Bonus, tag="campaign", kw_only=True):
    campaign: Id


class Threshold(Bonus, tag="threshold", kw_only=True):
    min_net: Amount


class Scheme(Strict, kw_only=True):
    """One version of the loyalty scheme; what is missing is the default, or what the version before says."""

    base_rate: Rate | UnsetType = UNSET
    offset: Offset | UnsetType = UNSET
    tiers: Annotated[list[Tier], Meta(min_length=1)] | UnsetType = UNSET
    bonus: list[Window | CategoryBonus | Campaign | Threshold] | UnsetType = UNSET
    expiry_days: Count | UnsetType | None = UNSET
    grace_days: Count | UnsetType = UNSET
    return_mode: Literal["debt", "deduct_refund"] | UnsetType = UNSET
    welcome_gift: Count | UnsetType = UNSET
    lease_hours: Positive | UnsetType = UNSET


class DesignerLevel(Strict, kw_only=True):
    name: Id
    lower: Money | None
    upper: Money | None
    rate_percent: Rate


class DesignerLevels(Strict, kw_only=True):
    levels: Annotated[list[DesignerLevel], Meta(min_length=1)]
    return_window_days: Count = 7
    protect_joining_year: bool = False


class KpiWeights(Strict, kw_only=True):
    followups: Count
    conversion: Count
    sales: Count
    satisfaction: Count


class KpiTargets(Strict, kw_only=True):
    followups: Count | UnsetType = UNSET
    sales: Amount | UnsetType = UNSET


class Kpi(Strict, kw_only=True):
    weights: KpiWeights
    conversion_target_percent: Rate
    targets: dict[str, KpiTargets] = field(default_factory=dict)


class Store(Strict, kw_only=True):
    id: Id


class Staff(Strict, kw_only=True):
    id: Id
    role: Literal["sales", "manager"] = "sales"
    regions: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    capacity: Count = 99
    open: Count = 0
    on_leave: bool = False


class Lot(Strict, kw_only=True):
    """Points of the set-up that expire together; `expires` is null for those that never do."""

    id: Id
    points: Count
    expires: Day | None = None


class Member(Strict, kw_only=True):
    id: Id
    phone: Id
    growth: Count = 0
    points: Count | UnsetType = UNSET
    lots: list[Lot] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.points is not UNSET and self.lots is not UNSET:
            raise ValueError("a member has `points` or `lots`, not both")


class Designer(Strict, kw_only=True):
    id: Id
    level: Id | UnsetType = UNSET
    history: Money | UnsetType = UNSET
    joined: Year | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.level is UNSET) == (self.history is UNSET):
            raise ValueError("a designer has exactly one of `level` and `history`")


class Device(Strict, kw_only=True):
    id: Id
    owner: Id
    store: Id | UnsetType = UNSET
    clock_minutes: int = 0


class Founding(Strict, kw_only=True):
    """Everything above the steps."""

    name: Id
    why: Id
    rules: list[str]
    timezone: str = DEFAULT_ZONE
    scheme: Scheme = Scheme()
    designer_levels: DesignerLevels | UnsetType = UNSET
    kpi: Kpi | UnsetType = UNSET
    stores: list[Store] = field(default_factory=list)
    staff: list[Staff] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    designers: list[Designer] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)

    def __post_init__(self) -> None:
        parse_zone(self.timezone)


def check_founding(founding: Founding) -> None:
    """Refuse identifiers that are given twice or that nobody has."""
    for kind in ("stores", "staff", "members", "designers", "devices"):
        seen: set[str] = set()
        for index, each in enumerate(getattr(founding, kind)):
            if each.id in seen:
                raise FormatError(f".{kind}[{index}].id", f"{each.id!r} is given twice")
            seen.add(each.id)
    people = {each.id for each in founding.staff}
    stores = {each.id for each in founding.stores}
    for index, device in enumerate(founding.devices):
        if device.owner not in people:
            raise FormatError(f".devices[{index}].owner", f"nobody in `staff` is {device.owner!r}")
        if device.store is not UNSET and device.store not in stores:
            raise FormatError(f".devices[{index}].store", f"no entry of `stores` is {device.store!r}")
    if founding.kpi is not UNSET:
        for person in founding.kpi.targets:
            if person not in people:
                raise FormatError(f".kpi.targets.{person}", "nobody in `staff` has this id")
    check_levels(founding)


def check_levels(founding: Founding) -> None:
    """Designers hold levels that the file defines."""
    defined = founding.designer_levels
    names = {level.name for level in defined.levels} if defined is not UNSET else set()
    for index, designer in enumerate(founding.designers):
        if not names:
            raise FormatError(f".designers[{index}]", "there are no `designer_levels`")
        if designer.level is not UNSET and designer.level not in names:
            raise FormatError(f".designers[{index}].level", f"no level is called {designer.level!r}")
