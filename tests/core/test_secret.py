"""A secret shows itself to nobody (SPEC C4)."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import pprint
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from connector.secret import Secret, secrets_alive


@pytest.mark.parametrize(
    "show",
    [str, repr, "{}".format, "%s".__mod__, lambda secret: f"{secret:>20}", lambda secret: str([secret])],
)
def test_C4_no_way_of_printing_a_secret_shows_it(show: Callable[[Secret], str]) -> None:
    assert "hunter2" not in show(Secret("hunter2"))


class Settings(msgspec.Struct):
    password: Secret


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (pickle.dumps, "can't be pickled"),
        (copy.deepcopy, "can't be pickled"),
        (json.dumps, "Secret is not JSON serializable"),
        (msgspec.json.encode, "type Secret is unsupported"),
        (msgspec.to_builtins, "type Secret is unsupported"),
        (vars, "must have __dict__"),
        (bytes, "cannot convert 'Secret'"),
        (list, "not iterable"),
    ],
)
def test_C4_a_secret_can_not_be_written_anywhere(write: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message) as caught:
        write(Secret("hunter2"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("write", [pickle.dumps, copy.deepcopy, msgspec.json.encode, msgspec.to_builtins])
def test_C4_settings_with_a_secret_can_not_be_written_either(write: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="Secret") as caught:
        write(Settings(Secret("hunter2")))
    assert "hunter2" not in str(caught.value)


def test_C4_settings_show_no_secret() -> None:
    settings = Settings(Secret("hunter2"))
    shown = (repr(settings), str(msgspec.structs.asdict(settings)), f"{settings}", pprint.pformat(settings))
    assert not [text for text in shown if "hunter2" in text]


def test_C4_the_log_knows_the_secrets_that_are_alive_and_no_others() -> None:
    first, second = Secret("hunter2-in-use"), Secret("hunter2-in-use")
    assert secrets_alive().count("hunter2-in-use") == 2
    del first
    gc.collect()
    assert "hunter2-in-use" in secrets_alive()
    del second
    gc.collect()
    assert "hunter2-in-use" not in secrets_alive()


def test_a_secret_reveals_itself_where_a_request_is_built() -> None:
    assert Secret("hunter2").reveal() == "hunter2"
    assert Secret("a") == Secret("a") != Secret("b")
