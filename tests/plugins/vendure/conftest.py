"""Fixtures for the tests of the Vendure plugin."""

from __future__ import annotations

import pytest

from connector.api import Product
from tests.plugins.vendure.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def mug(bench: Bench) -> str:
    """A product that is on sale, and on the shelf."""
    key = bench.vendure.add_product(Product(id="", sku="MUG", ean="4006381333931", name="Becher"))
    bench.vendure.shop.stock_of(key)["stockOnHand"] = 100
    return key
