"""A secret shows itself to nobody (SPEC C4)."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from connector.secret import Secret


@pytest.mark.parametrize(
    "show",
    [str, repr, "{}".format, "%s".__mod__, lambda secret: f"{secret:>20}", lambda secret: str([secret])],
)
def test_C4_no_way_of_printing_a_secret_shows_it(show: Callable[[Secret], str]) -> None:
    assert "hunter2" not in show(Secret("hunter2"))


def test_C4_a_secret_can_not_be_pickled() -> None:
    with pytest.raises(TypeError, match="can't be pickled"):
        pickle.dumps(Secret("hunter2"))


def test_a_secret_reveals_itself_where_a_request_is_built() -> None:
    assert Secret("hunter2").reveal() == "hunter2"
    assert Secret("a") == Secret("a") != Secret("b")
