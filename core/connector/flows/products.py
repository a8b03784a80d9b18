"""Products from the source to the target (SPEC A1 to A7)."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Final

import msgspec

from connector.contracts import Outcome, ProductWrite, can
from connector.errors import RecordRefused, TransientError
from connector.flows.memory import STREAM, Accepted, ProductMemory, fingerprint
from connector.flows.run import FlowRun, Postponed, Reason, reason_of
from connector.flows.sets import catalogue_was_read, learn_set, report_endless_sets
from connector.flows.turns import forget_turn, keep_turn, turn_of
from connector.mapping import LeftOut
from connector.records import Page, Product

_META: Final = "meta"
_LEARNED: Final = "products_learned_from_target"
_UNSAVED_SHARE: Final = 20
"""A checkpoint replaces the whole state, so the next one waits until a twentieth of the products is new: else a first
import would cost the square of the catalogue. What a kill makes us forget, the target is asked about."""


class Action(Enum):
    """What is to be done with a product."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    SKIP = "skip"
    REFUSE = "refuse"


_WRITES: Final = frozenset({Action.CREATE, Action.UPDATE})


class Decision(msgspec.Struct, frozen=True):
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


async def run_products(run: FlowRun) -> None:
    """Reads the catalogue and sends what is new or changed, in batches as large as the target takes.

    Raises TransientError where something outside failed: what was not sent waits for the next run.
    """
    await _learn_from_target(run)
    sending = _Sending(run, ProductMemory(run.state))
    try:
        async for page in run.source.products():
            if not await _take_page(run, sending, page):
                await sending.flush()
                break
        else:
            forget_turn(run)
            await sending.finish()
            catalogue_was_read(run)
            report_endless_sets(run)
    except TransientError:
        await sending.flush()
        raise
    finally:
        run.counts.waiting += sending.left
    sending.postponed.raise_any()


async def _take_page(run: FlowRun, sending: _Sending, page: Page[Product]) -> bool:
    """Takes the products of one page; returns False where the time was used up before the last of them."""
    for broken in page.unreadable:
        run.report_unreadable("product_unreadable", broken)
    products = sorted(page.records, key=lambda product: rank(product.id))
    for place, product in enumerate(products):
        run.check_stop()
        if not sending.has_time_for(product):
            keep_turn(run, product.id)
            run.counts.waiting += len(products) - place
            return False
        run.counts.read += 1
        learn_set(run.state, product)
        try:
            mapped = run.product_steps.apply(product)
        except RecordRefused as error:
            run.counts.refused += 1
            run.report(product, product.id, product.sku, reason_of(error))
            continue
        if isinstance(mapped, LeftOut):
            run.counts.skipped += 1
            run.report(product, product.id, product.sku)
            continue
        if sending.take(mapped):
            await sending.flush()
    return True


def rank(product_id: str) -> tuple[int, str]:
    """SPEC A4: of two products that claim the same value the lowest id wins; numbers sort as numbers."""
    return (len(product_id), product_id) if product_id.isdecimal() else (1_000, product_id)


class _Sending:
    """Collects what is to be sent, sends it in batches and remembers what was accepted.

    Where the time of an earlier run was used up in the middle of the catalogue, what stands before that place is sent
    behind the rest, so that products which fail in each run never keep the later ones back.
    """

    def __init__(self, run: FlowRun, memory: ProductMemory) -> None:
        self._run = run
        self._memory = memory
        turn = turn_of(run)
        self._turn = rank(turn) if turn is not None else None
        self._taken = 0
        self._waiting: list[tuple[Product, Decision]] = []
        self._passed: deque[Product] = deque()
        self._contested: deque[Product] = deque()
        self._unsaved = 0
        self.postponed = Postponed()

    @property
    def left(self) -> int:
        """How many products were put behind the others, and were not reached."""
        return len(self._passed) + len(self._contested)

    def has_time_for(self, product: Product) -> bool:
        """Tells whether there is time for this product; for a batch, from the one whose turn it is, there always is."""
        if self._turn is not None and rank(product.id) >= self._turn:
            self._turn = None
        if self._turn is not None or self._taken < self._run.target.batch_size or self._run.has_time():
            self._taken += self._turn is None
            return True
        return False

    def take(self, product: Product) -> bool:
        """Decides about a product; one whose SKU or EAN is taken comes last, when others may have given it up.

        Returns whether enough waits to be sent.
        """
        decision = self._decide(product)
        if decision.is_contested:
            self._contested.append(product)
        elif self._turn is not None and decision.action in _WRITES:
            self._memory.reserve(decision.product)
            self._passed.append(product)
        else:
            return self._carry_out(product, decision)
        return False

    async def finish(self) -> None:
        """Sends what waits, then what was put behind it, then what was contested."""
        self._turn = None
        await self.flush()
        for products in (self._passed, self._contested):
            while products and self.has_time_for(products[0]):
                self._run.check_stop()
                product = products.popleft()
                if self._carry_out(product, self._decide(product)):
                    await self.flush()
        await self.flush()

    def _decide(self, product: Product) -> Decision:
        memory, needs_ean = self._memory, self._run.source.has_eans
        holders = memory.sku_holder(product), memory.ean_holder(product)
        return decide(product, memory.get(product), *holders, needs_ean=needs_ean)

    def _carry_out(self, product: Product, decision: Decision) -> bool:
        counts = self._run.counts
        if decision.action in _WRITES:
            self._memory.reserve(decision.product)
            self._waiting.append((product, decision))
            return len(self._waiting) >= self._run.target.batch_size
        counts.unchanged += decision.action is Action.UNCHANGED
        counts.skipped += decision.action is Action.SKIP
        counts.refused += decision.action is Action.REFUSE
        if not product.is_set:  # sets are reported when all of them are known
            self._report(product, decision)
        return False

    async def flush(self) -> None:
        """Sends what waits, and saves what was accepted where that is worth a checkpoint; the engine saves the rest."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        writes = [ProductWrite(product=d.product, is_new=d.action is Action.CREATE) for _, d in waiting]
        try:
            outcomes = await self._run.target.put_products(writes)
        except TransientError:
            self._run.counts.waiting += len(waiting)
            raise
        for (product, decision), outcome in zip(waiting, outcomes, strict=True):
            self._note(product, decision, outcome)
        self._unsaved += len(waiting)
        if self._unsaved * _UNSAVED_SHARE >= len(self._run.state.stream(STREAM)):
            await self._run.state.save()
            self._unsaved = 0
        self.postponed.check()

    def _note(self, product: Product, decision: Decision, outcome: Outcome) -> None:
        if outcome.error is None:
            self.postponed.success()
            self._run.counts.sent += 1
            self._memory.accept(decision.product)
            self._report(product, decision)
        elif isinstance(outcome.error, TransientError):
            self._memory.withdraw(decision.product)
            self._run.counts.waiting += 1
            self.postponed.add(outcome.error)
        else:
            self._memory.withdraw(decision.product)
            self._run.counts.refused += 1
            self._report(product, decision, reason_of(outcome.error))

    def _report(self, product: Product, decision: Decision, *more: Reason) -> None:
        self._run.report(product, product.id, product.sku, *decision.reasons, *more)


async def _learn_from_target(run: FlowRun) -> None:
    """Without a memory, asks the target what it has, so that nothing is created twice (SPEC A3, A4)."""
    if run.state.stream(_META).get(_LEARNED):
        return
    if can(run.target, "known_products"):
        memory = ProductMemory(run.state)
        async for page in run.target.known_products():
            for product in page.records:
                memory.learn(product)
            for broken in page.unreadable:
                run.report_unreadable("product_unreadable", broken)
    run.state.put(_META, _LEARNED, True)
    await run.state.save()
