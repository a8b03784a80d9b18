"""Tries the source offline, against a small Sampleshop of its own.

Whoever installs the package can try it: `connector plugins check sampleshop`.
"""

from connector_sampleshop.testing.driver import contract_case
from connector_sampleshop.testing.fake import FakeShop

__all__ = ["FakeShop", "contract_case"]
