"""Who takes part: two salespeople of one store, its manager, and somebody from another store."""

SELLER = "WEST-1"
COLLEAGUE = "WEST-2"
MANAGER = "WEST-M"
STRANGER = "EAST-1"
PEOPLE = (SELLER, COLLEAGUE, MANAGER, STRANGER)
