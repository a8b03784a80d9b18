"""Made-up data: a small German shop with everything that goes wrong in real ones, and a large one to measure with."""

from connector_sandbox.seed.demo import ORDER_IDS, PRODUCT_IDS, demo_sandbox, demo_shop
from connector_sandbox.seed.large import large_shop
from connector_sandbox.seed.products import ean13

__all__ = ["ORDER_IDS", "PRODUCT_IDS", "demo_sandbox", "demo_shop", "ean13", "large_shop"]
