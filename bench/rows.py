"""Leads of some 300 bytes of JSON each, the same in every run: what the other engines are measured with too."""

import random
import string
from collections.abc import Iterator

from shared_models.sales.tables import Lead

COMPANY = "bench"
STORE = "bench-store"
START_MS = 1_790_000_000_000

# fmt: off
_FIRST = ["Amina", "Bao", "Carla", "Dmitri", "Elena", "Farid", "Grace", "Hiro", "Ines", "Jonas", "Kofi", "Leila", "Marco",
          "Nadia", "Omar", "Priya", "Quinn", "Rosa", "Sven", "Tara"]
_LAST = ["Alvarez", "Bianchi", "Chen", "Diallo", "Eriksen", "Fofana", "Garcia", "Hassan", "Ivanov", "Jansen", "Kowalski",
         "Lopez", "Moreau", "Nguyen", "Okafor", "Patel", "Rossi", "Silva", "Tanaka", "Weber"]
_CITY = ["Lagos", "Lyon", "Lima", "Leeds", "Lodz", "Malmo", "Milan", "Osaka", "Porto", "Quito", "Recife", "Seville", "Tunis",
         "Utrecht", "Vienna", "Zagreb"]
# fmt: on
_LETTERS = string.ascii_lowercase + " "


def leads(count: int, owner: str, seed: int = 7) -> Iterator[Lead]:
    """So many leads of that owner."""
    chance = random.Random(seed)
    for number in range(count):
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        yield Lead(
            company_id=COMPANY,
            store_id=STORE,
            owner_id=owner,
            name=f"{first} {last}",
            phone=f"+{chance.randrange(10**12):012d}",
            source=f"{first}.{last}{chance.randrange(9999)}@example.com".lower(),
            region=chance.choice(_CITY),
            category=f"rep-{chance.randrange(2000):04d}",
            budget_fen=chance.randrange(5000),
            notes="".join(chance.choices(_LETTERS, k=96)),
            inquired_at_ms=START_MS + number * 1_000,
        )
