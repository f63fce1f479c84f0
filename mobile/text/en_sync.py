"""Words of the sync screen in English: the proof, and who decides."""

SENTENCES = {
    "proof.title": "Does this device equal the server?",
    "proof.hint": "Counts and compares every record here and on the server; what differs can be fetched anew, and what waits to sync stays.",
    "proof.check": "Check",
    "proof.busy": "Checking…",
    "proof.equal": "Equal: all {n} records.",
    "proof.unequal": "{n} kinds of records differ from the server; Repair fetches them anew.",
    "proof.counts": "{here} here, {there} on the server",
    "proof.same": "Equal",
    "proof.differs": "Differs",
    "proof.repair": "Repair",
    "scope.company": "Company data",
    "scope.staff": "Assigned to me",
    "scope.store": "Store data",
    "scope.manager": "All leads of the store",
    "sync.base": "Before",
}
