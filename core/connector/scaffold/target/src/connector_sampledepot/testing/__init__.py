"""Tries the target offline, against a small Sampledepot of its own.

Whoever installs the package can try it: `connector plugins check sampledepot`.
"""

from connector_sampledepot.testing.driver import contract_case
from connector_sampledepot.testing.fake import FakeDepot

__all__ = ["FakeDepot", "contract_case"]
