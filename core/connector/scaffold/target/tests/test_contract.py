"""The contract tests: whether the target does what the framework relies on. They come by this one fixture."""

from __future__ import annotations

import pytest
from connector.testing import TargetCase

from connector_sampledepot.target import SampledepotTarget
from connector_sampledepot.testing import contract_case


@pytest.fixture
def target_case() -> TargetCase:
    return contract_case(SampledepotTarget)
