"""What is told to be done in Tryton."""

from __future__ import annotations

import pytest

from connector.api import Secret
from connector_tryton.settings import TrytonSettings
from connector_tryton.target import TrytonTarget


@pytest.mark.parametrize(("language", "said"), [("de", "Benutzeranwendung"), ("en", "user application")])
def test_the_steps_name_database_and_shop_in_the_language_asked_for(language: str, said: str) -> None:
    settings = TrytonSettings(
        base_url="https://erp.example.com", database="wms", application_key=Secret("k"), shop="acme"
    )
    steps = TrytonTarget.setup_steps(settings, language)
    assert len(steps) == 6
    assert "wms" in steps[0]
    assert said in steps[2]
    assert "@acme" in steps[4]
