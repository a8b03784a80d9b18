"""What happened to one record and why, in sentences: both sides and the state are asked, nothing is written.

First the facts are gathered (`…_facts`), then they are told without any call (`orders`, `products`).
"""

from __future__ import annotations

from connector.explain.asking import Seen, as_it_is, asking
from connector.explain.order_facts import order_facts
from connector.explain.orders import tell_order
from connector.explain.product_facts import product_facts
from connector.explain.products import tell_product
from connector.explain.story import Explanation
from connector.settings import ClientSettings
from connector.sides import Shared

__all__ = ["Explanation", "explain_order", "explain_product"]


async def explain_order(
    settings: ClientSettings, shared: Shared, number: str, *, language: str = "", seen: Seen = as_it_is
) -> Explanation:
    """Explains an order, by its number or the shop's id, in the client's language where no other is asked for.

    `seen` is what the explanation may know of a problem: it can take away what a reader must not see. A side that
    does not answer becomes a sentence; raises StateError where the state can't be read, and ConfigurationError where a
    plugin can't work with its settings.
    """
    async with asking(settings, shared, seen) as ask:
        return tell_order(await order_facts(ask, number), language or settings.language)


async def explain_product(
    settings: ClientSettings, shared: Shared, number: str, *, language: str = "", seen: Seen = as_it_is
) -> Explanation:
    """Explains a product, by its SKU or the shop's id; otherwise as `explain_order` does."""
    async with asking(settings, shared, seen) as ask:
        return tell_product(await product_facts(ask, number), language or settings.language)
