"""The contract tests: whether the source does what the framework relies on. They come by this one fixture."""

from __future__ import annotations

import pytest
from connector.testing import SourceCase

from connector_sampleshop.source import SampleshopSource
from connector_sampleshop.testing import contract_case


@pytest.fixture
def source_case() -> SourceCase:
    return contract_case(SampleshopSource)
