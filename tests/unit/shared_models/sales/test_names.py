"""Whoever has a name is found by it: the key of the search follows the name, however the row is made."""

from typing import Any

import pytest

from shared_models.designers.tables import Designer
from shared_models.pinyin import search_key
from shared_models.sales.tables import Customer, Lead

MADE: list[Any] = [
    lambda name: Customer(company_id="c", store_id="s", name=name),
    lambda name: Lead(company_id="c", store_id="s", name=name, inquired_at_ms=0),
    lambda name: Designer(company_id="c", name=name),
]


@pytest.mark.parametrize("make", MADE)
def test_the_key_of_the_search_follows_the_name(make: Any) -> None:
    row = make("周欣怡")
    assert row.name_key == search_key("周欣怡")
    row.name = "吴芳"
    assert row.name_key == search_key("吴芳")
    assert make("").name_key == search_key("")
