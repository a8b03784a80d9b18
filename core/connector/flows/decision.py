"""What becomes of a product (SPEC A1 to A4). Pure functions: nothing here calls, remembers or reports."""

from __future__ import annotations

from enum import Enum

import msgspec

from connector.flows.memory import Accepted, fingerprint
from connector.flows.run import Reason
from connector.records import Product


class Action(Enum):
    """What is to be done with a product."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    SKIP = "skip"
    REFUSE = "refuse"


class Decision(msgspec.Struct, frozen=True, gc=False):
    """What to do with a product, in which form to send it, and what to report of it.

    `is_contested` says that another product holds its SKU or EAN in the target.
    """

    action: Action
    product: Product
    reasons: tuple[Reason, ...] = ()
    is_contested: bool = False


def decide(
    product: Product,
    accepted: Accepted | None,
    sku_holder: str | None,
    ean_holder: str | None,
    *,
    needs_ean: bool,
) -> Decision:
    """Decides from what the shop says, what the target accepted, and which other products hold its SKU and EAN."""
    if product.is_set:
        return Decision(Action.SKIP, product)
    missing = _missing(product, needs_ean=needs_ean)
    if missing:
        quiet = product.is_digital
        return Decision(Action.SKIP if quiet else Action.REFUSE, product, () if quiet else missing)
    taken = _taken(product, sku_holder, ean_holder)
    if accepted is None:
        return Decision(Action.REFUSE if taken else Action.CREATE, product, taken, bool(taken))
    kept = product
    if taken:
        kept = msgspec.structs.replace(
            product,
            sku=accepted.sku if sku_holder else product.sku,
            ean=accepted.ean if ean_holder else product.ean,
        )
    changed = fingerprint(kept) != accepted.fingerprint
    return Decision(Action.UPDATE if changed else Action.UNCHANGED, kept, taken, bool(taken))


def _missing(product: Product, *, needs_ean: bool) -> tuple[Reason, ...]:
    """SPEC A1: SKU and EAN are mandatory; the EAN only in a shop where somebody can enter it."""
    missing = []
    if not product.sku:
        missing.append(Reason("product_sku_missing", {"name": product.name or product.id}))
    if not product.ean and needs_ean:
        missing.append(
            Reason("product_ean_missing", {"name": product.name or product.id, "sku": product.sku})
        )
    return tuple(missing)


def _taken(product: Product, sku_holder: str | None, ean_holder: str | None) -> tuple[Reason, ...]:
    """SPEC A4: a value that another product holds in the warehouse is not taken over."""
    taken = []
    if sku_holder:
        taken.append(Reason("product_sku_taken", {"sku": product.sku, "holder": sku_holder}))
    if ean_holder:
        taken.append(Reason("product_ean_taken", {"ean": product.ean, "holder": ean_holder}))
    return tuple(taken)
