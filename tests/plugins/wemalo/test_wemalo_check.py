"""What `connector check` says about a Wemalo account."""

from __future__ import annotations

from typing import Any

import pytest

from connector.api import Finding, Secret
from tests.plugins.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


def check(bench: Bench, **changes: Any) -> list[Finding]:
    return list(bench.target(lambda target: target.check(), **changes))


def test_an_accepted_token_and_the_dispatcher_profiles_are_listed(bench: Bench) -> None:
    assert check(bench) == [Finding(what="token is accepted by Wemalo", ok=True)]
    profiles = bench.target(lambda target: target.shipping_profiles())
    assert profiles == ["DHL Paket", "DHL Paket International", "DHL Warenpost", "DPD Classic"]


def test_a_wrong_token_is_one_finding_with_a_way_out(bench: Bench) -> None:
    (found,) = check(bench, token=Secret("wrong"))
    assert (found.what, found.ok) == ("token", False)
    assert "copy the token" in found.advice


@pytest.mark.parametrize("kind", ["html", "empty", "truncated", "502"])
def test_a_service_out_of_reach_is_one_finding_that_names_the_address(bench: Bench, kind: str) -> None:
    bench.sandbox.wemalo.faults.add("*", kind, times=None)
    (found,) = check(bench)
    assert (found.what, found.ok) == ("Wemalo at base_url https://wemalo.example.com/v1", False)


def test_a_wrong_address_is_one_finding_that_names_it(bench: Bench) -> None:
    (found,) = check(bench, base_url="https://wemalo.example.com/v1/old")
    assert (found.what, found.ok) == ("Wemalo at base_url https://wemalo.example.com/v1/old", False)


def test_profiles_without_any_matching_id_are_a_warning(bench: Bench) -> None:
    bench.sandbox.wemalo.faults.add("GET /goodsOrder/profiles", "missing_field", path="dispatcher")
    found = check(bench)[1]
    assert (found.ok, found.level) == (False, "warning")


def test_a_check_writes_nothing(bench: Bench) -> None:
    check(bench)
    assert bench.sandbox.wemalo.audit.writes() == []
