"""The sandbox's Tryton judges as the real one does."""

from __future__ import annotations

import pytest
from stdnum import ean

from connector_sandbox.tryton.rules import is_ean


@pytest.mark.parametrize(
    "code",
    [
        "4006381333931",  # right
        "4006381333932",  # another check digit
        "96385074",  # eight digits
        "036000291452",  # twelve, as in America
        "10614141543219",  # fourteen, of a box
        "40063813339",  # eleven are none
        "4006381-333931",  # parted
        "400638133393X",  # a letter
        "\u0664006381333931",  # a digit of another script
        "",
    ],
)
def test_an_ean_is_what_tryton_takes_for_one(code: str) -> None:
    assert is_ean(code) == ean.is_valid(code)
