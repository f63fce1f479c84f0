"""Products carry coupons and offsets, services none (R2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.loyalty.allocation import spread_over_products
from shared_models.stock.tables import ProductKind

PRODUCT, SERVICE = ProductKind.PRODUCT, ProductKind.SERVICE


def test_an_offset_is_spread_by_the_largest_remainder() -> None:
    assert spread_over_products(26300, [198000, 100000, 30000], [PRODUCT] * 3) == [15876, 8018, 2406]


def test_a_service_carries_nothing() -> None:
    kinds = [PRODUCT, SERVICE, PRODUCT, PRODUCT]
    assert spread_over_products(10000, [30000, 6000, 30000, 30000], kinds) == [3334, 0, 3333, 3333]


def test_there_must_be_a_product_to_carry_it() -> None:
    with pytest.raises(ValueError, match="total"):
        spread_over_products(1, [6000], [SERVICE])


@given(
    st.integers(0, 10**7),
    st.lists(st.tuples(st.integers(1, 10**7), st.sampled_from(ProductKind)), min_size=1),
)
def test_the_parts_add_up(total: int, lines: list[tuple[int, ProductKind]]) -> None:
    amounts, kinds = zip(*[*lines, (1, PRODUCT)], strict=True)
    assert sum(spread_over_products(total, amounts, kinds)) == total
