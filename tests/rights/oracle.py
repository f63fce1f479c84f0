"""Who may see and write what, written down by hand: what the tests hold the server to, independent of its own tables.

Places, from where the person stands: O their own, S somebody else's of their store, X another store's. Rows of another
company are for nobody. A person of the office has no store; to them every store is S or X.
"""

from shared_models.people.tables import Role

PEOPLE = {
    "amy": (Role.SALES, "north"),
    "max": (Role.STORE_MANAGER, "north"),
    "cora": (Role.COMPANY_MANAGER, None),
    "olga": (Role.OFFICE, None),
    "dora": (Role.DESIGNER, None),
    "mia": (Role.MEMBER, "north"),
}
"""One person of each role."""

_COLUMNS = {"amy": 0, "max": 1, "cora": 2, "olga": 2, "dora": 3, "mia": 4}

SEES = {
    #                        sales  manager  office  designer  member
    "store":                ("OSX", "OSX", "OSX", "OSX", "OSX"),
    "product":              ("OSX", "OSX", "OSX", "OSX", ""),
    "designerlevels":       ("OSX", "OSX", "OSX", "OSX", ""),
    "recommendation":       ("OSX", "OSX", "OSX", "OSX", ""),
    "designerevent":        ("OSX", "OSX", "OSX", "OSX", ""),
    "staff":                ("OSX", "OSX", "OSX", "", ""),
    "scheme":               ("OSX", "OSX", "OSX", "", "OSX"),
    "gift":                 ("OSX", "OSX", "OSX", "", "OSX"),
    "giftversion":          ("OSX", "OSX", "OSX", "", "OSX"),
    "activity":             ("OSX", "OSX", "OSX", "", "OSX"),
    "kpischeme":            ("OSX", "OSX", "OSX", "", ""),
    "designerfirm":         ("OSX", "OSX", "OSX", "", ""),
    "designer":             ("OSX", "OSX", "OSX", "O", ""),
    "designerinvitation":   ("OSX", "OSX", "OSX", "O", ""),
    "kpitarget":            ("O", "OS", "OSX", "", ""),
    "lead":                 ("O", "OS", "OSX", "", ""),
    "followup":             ("O", "OS", "OSX", "", ""),
    "escalation":           ("O", "OS", "OSX", "", ""),
    "photo":                ("O", "OS", "OSX", "", ""),
    "conflict":             ("O", "OS", "OSX", "", ""),
    "held_edit":            ("O", "OS", "OSX", "", ""),
    "handed_over":          ("O", "OS", "OSX", "", ""),
    "alert":                ("", "OS", "OSX", "", ""),
    "referral":             ("OS", "OS", "OSX", "O", ""),
    "customer":             ("OS", "OS", "OSX", "", "O"),
    "memberaccount":        ("OS", "OS", "OSX", "", "O"),
    "pointsentry":          ("OS", "OS", "OSX", "", "O"),
    "pointslot":            ("OS", "OS", "OSX", "", "O"),
    "redemption":           ("OS", "OS", "OSX", "", "O"),
    "activitygrant":        ("OS", "OS", "OSX", "", "O"),
    "coupon":               ("OS", "OS", "OSX", "", "O"),
    "sales_order":          ("OS", "OS", "OSX", "", "O"),
    "orderline":            ("OS", "OS", "OSX", "", "O"),
    "payment":              ("OS", "OS", "OSX", "", "O"),
    "salereturn":           ("OS", "OS", "OSX", "", "O"),
    "survey":               ("OS", "OS", "OSX", "", "O"),
    "designerlevelchange":  ("", "", "OSX", "O", ""),
    "designeryear":         ("", "", "OSX", "O", ""),
    "commissionentry":      ("", "", "OSX", "O", ""),
    "commissionstatement":  ("", "", "OSX", "O", ""),
    "commissionpayout":     ("", "", "OSX", "O", ""),
    "designereventexpense": ("", "", "OSX", "", ""),
    "lease":                ("O", "O", "O", "O", "O"),
    "leaseend":             ("O", "O", "O", "O", "O"),
}  # fmt: skip
"""Which rows of each table reach a person's device."""

EDITS = {
    "designerevent": ("OSX", "OSX", "OSX", ""),
    "handed_over": ("", "OS", "OSX", ""),
}
"""Where fewer may change a row than see it; of the other tables that people edit, whoever sees a row may change it."""

READ_ONLY = {
    "store", "staff", "product", "scheme", "gift", "giftversion", "designerlevels", "recommendation", "kpischeme",
    "kpitarget", "lease", "escalation", "memberaccount", "pointsentry", "pointslot", "salereturn", "survey",
    "designerlevelchange", "designeryear", "commissionentry", "commissionstatement", "commissionpayout", "activity",
    "activitygrant",
}  # fmt: skip
"""What no device writes."""

LOGS = {"followup", "photo", "orderline", "payment", "leaseend", "designereventexpense"}
"""What a device adds and nobody changes."""

MADE_BY_THE_SERVER = {"conflict", "held_edit", "coupon"}
"""What people decide about and nobody makes on a device."""

DELETABLE = {"lead"}

COSTS = {"product": "cost_fen", "orderline": "cost_fen"}
"""What articles cost: for managers and the office."""

NOTES = {
    "customer": {"notes", "attributes"},
    "sales_order": {"note", "lead_id", "designer_id", "designer_rate_percent"},
}
"""What colleagues note about a customer or an order: never on the member's own phone."""


def sees(person: str, table: str, place: str) -> bool:
    """Whether a row of that place reaches the person's device; place F is another company."""
    return place in SEES[table][_COLUMNS[person]]


def edits(person: str, table: str, place: str) -> bool:
    """Whether the person may change a row of that place."""
    if person == "mia" or table in READ_ONLY | LOGS:
        return False
    return place in EDITS.get(table, SEES[table])[_COLUMNS[person]]


def adds(person: str, table: str, place: str) -> bool:
    """Whether the person may add a row at that place."""
    return person != "mia" and table not in READ_ONLY | MADE_BY_THE_SERVER and sees(person, table, place)


def deletes(person: str, table: str, place: str) -> bool:
    """Whether the person may delete a row of that place."""
    return table in DELETABLE and edits(person, table, place)


def sees_costs(person: str) -> bool:
    """Whether what articles cost reaches the person's device."""
    return person in {"max", "cora", "olga"}


def sees_notes(person: str) -> bool:
    """Whether what colleagues note about customers reaches the person's device."""
    return person != "mia"
