"""What a warehouse is told to do in Wemalo."""

from __future__ import annotations

import pytest

from connector.api import Secret
from connector_wemalo.settings import WemaloSettings
from connector_wemalo.target import WemaloTarget


@pytest.mark.parametrize(("language", "said"), [("de", "ohne das Wort JWT"), ("en", "without the word JWT")])
def test_the_steps_name_the_product_group_in_the_language_asked_for(language: str, said: str) -> None:
    settings = WemaloSettings(token=Secret("t"), product_group="shoes")
    steps = WemaloTarget.setup_steps(settings, language)
    assert len(steps) == 4
    assert said in steps[0]
    assert "shoes" in steps[2]
