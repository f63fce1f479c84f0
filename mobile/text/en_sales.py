"""English sentences of customers, sales, orders and imports."""

SENTENCES: dict[str, str] = {}
