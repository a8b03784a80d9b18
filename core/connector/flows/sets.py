"""What sets of the shop consist of: remembered from the catalogue, read one by one where an order needs it.

The stream `sets` holds `{"name": …, "parts": [[product id, sku, quantity], …]}` by the set's product id.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from connector.contracts import can
from connector.flows.memory import knows_product
from connector.flows.run import FlowRun, Reason
from connector.records import Order, Product, SetPart
from connector.state import ClientState

FRESH_FOR: Final = timedelta(minutes=30)
"""How long a set counts as it was read, before an order asks for it again."""

SETS: Final = "sets"
_ASKED: Final = "sets_asked"
_META: Final = "meta"
_READ: Final = "catalogue_read"


class RememberedSets:
    """The catalogue that mapping steps look things up in."""

    def __init__(self, state: ClientState) -> None:
        self._entries = state.stream(SETS)

    def parts(self, product_id: str) -> tuple[SetPart, ...] | None:
        entry = self._entries.get(product_id)
        return tuple(_part(*part) for part in entry["parts"]) if entry else None


def _part(product_id: str, sku: str, quantity: str) -> SetPart:
    return SetPart(product_id=product_id, sku=sku, quantity=Decimal(quantity))


def learn_set(state: ClientState, product: Product) -> None:
    """Remembers what a set consists of, and forgets one that is no set any more."""
    if not product.is_set:
        state.delete(SETS, product.id)
        return
    known: Any = state.stream(SETS).get(product.id)
    parts = [[part.product_id, part.sku, str(part.quantity)] for part in product.parts]
    entry = {"name": product.name, "sku": product.sku, "parts": parts}
    if known != entry:
        state.put(SETS, product.id, entry)


async def learn_sets_of(run: FlowRun, order: Order) -> None:
    """Reads the sets of an order that are not remembered from the source, with the sets inside them."""
    remembered, can_ask = RememberedSets(run.state), can(run.source, "product")
    waiting = [line.product_id for line in order.lines if line.is_set and line.product_id]
    seen: set[str] = set()
    while waiting:
        product_id = waiting.pop()
        if product_id in seen:
            continue
        seen.add(product_id)
        parts = remembered.parts(product_id)
        is_known = _is_fresh(run, product_id) if parts is not None else knows_product(run.state, product_id)
        if can_ask and not is_known:
            parts = await _ask_source(run, product_id)
        waiting.extend(part.product_id for part in parts or ())


def catalogue_was_read(run: FlowRun) -> None:
    """Notes that all sets are known as the shop has them now."""
    run.state.put(_META, _READ, run.now().isoformat())


def _is_fresh(run: FlowRun, set_id: str) -> bool:
    """Tells whether what is remembered of a set was read lately; the products flow may be switched off."""
    read = run.state.stream(_META).get(_READ), run.state.stream(_ASKED).get(set_id)
    return any(at is not None and run.now() - datetime.fromisoformat(at) < FRESH_FOR for at in read)


async def _ask_source(run: FlowRun, product_id: str) -> tuple[SetPart, ...]:
    product = await run.source.product(product_id)
    run.state.put(_ASKED, product_id, run.now().isoformat())
    if product is None or not product.is_set:
        return ()
    learn_set(run.state, product)
    return product.parts


def report_endless_sets(run: FlowRun) -> None:
    """Reports every set that contains itself, directly or through others (SPEC A5)."""
    sets = run.state.stream(SETS)
    for product_id in _endless({key: [part[0] for part in entry["parts"]] for key, entry in sets.items()}):
        entry = sets[product_id]
        product = Product(id=product_id, sku=entry["sku"], name=entry["name"], is_set=True)
        run.report(product, product_id, entry["sku"], Reason("set_contains_itself", {"name": entry["name"]}))


def _endless(sets: dict[str, list[str]]) -> list[str]:
    """Finds the sets that can be reached from themselves, by walking down from each of them."""
    return [start for start in sets if start in _below(start, sets)]


def _below(start: str, sets: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(sets[start])
    while waiting:
        product_id = waiting.pop()
        if product_id not in found:
            found.add(product_id)
            waiting.extend(sets.get(product_id, ()))
    return found
