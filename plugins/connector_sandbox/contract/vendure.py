"""Puts Vendure's source before the sandbox's Vendure for the contract tests."""

from __future__ import annotations

from typing import Any

from connector.api import Secret, Source
from connector.testing import FakeClock, RealTest, SourceCase
from connector_sandbox.vendure.service import API_KEY, FakeVendure

REAL_TEST = RealTest(system="Vendure 3.7.3", version="0.1.0", test="tests/real/test_real_vendure.py")
FIELDS = {
    "exported_field": "wmsExportedAt",
    "status_field": "wmsStatus",
    "ean_field": "ean",
    "weight_field": "weightGrams",
    "length_field": "lengthMm",
    "width_field": "widthMm",
    "height_field": "heightMm",
    "digital_field": "isDigital",
}
"""Settings that name the custom fields of the sandbox's shop."""


def vendure_case(plugin: type[Source], **changes: Any) -> SourceCase:
    """Vendure's source, or a variant of it, before a shop of its own; `changes` go to its settings."""
    clock = FakeClock()
    shop = FakeVendure(clock.now)
    own = {
        "base_url": "https://shop.example.com",
        "api_key": Secret(API_KEY),
        "page_size": shop.page_size,
        **FIELDS,
    }
    settings = plugin.settings_type(**{**own, **changes})
    return SourceCase(plugin, settings, shop, clock=clock, real_test=REAL_TEST)
