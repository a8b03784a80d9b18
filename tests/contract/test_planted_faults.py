"""The worth of the contract tests: each of many faults, planted into a plugin, is caught by at least one of them."""

from __future__ import annotations

import pytest

from connector.testing.results import Outcome, Result
from connector.testing.running import checks_for, try_check
from tests.contract.planted import (
    billbee_manners,
    billbee_reading,
    billbee_writing,
    wemalo_reading,
    wemalo_writing,
)
from tests.contract.planted.fault import Planted, planted_in

MODULES = (billbee_reading, billbee_writing, billbee_manners, wemalo_reading, wemalo_writing)
FAULTS = [fault for module in MODULES for fault in planted_in(module)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_planted_fault_is_caught(
    fault: Planted, caught: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in fault.patches.items():
        monkeypatch.setattr(name, value)
    failed = first_failure(fault)
    assert failed is not None, f"no test of the group `{fault.group}` sees that the plugin {fault.what}"
    assert "expected" in failed.text, failed.text  # said in words, and no accident of the variant
    caught.append((f"{fault.side} {fault.what}", f"{failed.group}: {failed.check}"))


def first_failure(fault: Planted) -> Result | None:
    """Runs the tests of the group until one fails."""
    for check in checks_for(type(fault.case())):
        if check.group is fault.group:
            result = try_check(check, fault.case())
            if result.outcome is Outcome.FAILED:
                return result
    return None
