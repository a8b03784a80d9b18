"""Fixtures for the tests of the target `tryton`."""

from __future__ import annotations

import pytest

from tests.plugins.tryton.bench import PRODUCT, Bench


@pytest.fixture
def bench() -> Bench:
    """A warehouse that has the product, and no order yet."""
    bench = Bench()
    bench.warehouse.add_product(PRODUCT)
    return bench
