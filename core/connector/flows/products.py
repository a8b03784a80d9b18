"""Products from the source to the target (SPEC A1 to A7)."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from connector.contracts import Outcome, ProductWrite, can
from connector.errors import RecordRefused, TransientError
from connector.flows.ahead import ahead
from connector.flows.decision import Action, Decision, decide
from connector.flows.memory import ProductMemory, learn_product, rank
from connector.flows.run import FlowRun, Postponed, Reason, reason_of
from connector.flows.sets import SETS, catalogue_was_read, learn_set, report_endless_sets
from connector.flows.turns import forget_turn, keep_turn, turn_of
from connector.mapping import LeftOut
from connector.records import Page, Product

_META: Final = "meta"
_LEARNED: Final = "products_learned_from_target"
_COMPARED: Final = "products_compared_with_target"
_SAVING: Final = 20
"""A checkpoint may replace the whole state, so a twentieth of the time is spent on them at most: else a first import
would cost the square of the catalogue. What a kill makes us forget, the target is asked about."""

_TAKEN: Final = {"product_sku_taken", "product_ean_taken"}
_WRITES: Final = (Action.CREATE, Action.UPDATE)  # no set: the hash of an enum costs more than two looks


async def run_products(run: FlowRun) -> None:
    """Reads the catalogue and sends what is new or changed, in batches as large as the target takes.

    Raises TransientError where something outside failed: what was not sent waits for the next run.
    """
    await _learn_from_target(run)
    sending = _Sending(run, ProductMemory(run.state), has_to_compare=_has_to_compare(run))
    try:
        if await _take_pages(run, sending):
            forget_turn(run)
            await sending.finish()
            catalogue_was_read(run)
            run.state.put(_META, _COMPARED, True)
            report_endless_sets(run)
        else:
            await sending.flush()
    except TransientError:
        await sending.flush()
        raise
    finally:
        run.counts.waiting += sending.left
    sending.postponed.raise_any()


async def _take_pages(run: FlowRun, sending: _Sending) -> bool:
    """Takes the whole catalogue; returns False where the time was used up before its end."""
    async with ahead(run.source.products()) as pages:
        async for page in pages:
            if not await _take_page(run, sending, page):
                return False
            del page  # while the next one is waited for, nothing is kept of it but what is to be sent
    return True


async def _take_page(run: FlowRun, sending: _Sending, page: Page[Product]) -> bool:
    """Takes the products of one page; returns False where the time was used up before the last of them."""
    for broken in page.unreadable:
        run.report_unreadable("product_unreadable", broken)
    products, steps = in_order(page.records), run.product_steps
    state, counts, sets = run.state, run.counts, run.state.stream(SETS)
    sending.look_up()
    for place, product in enumerate(products):
        if not sending.has_time_for(product):
            keep_turn(run, product.id)
            counts.waiting += len(products) - place
            return False
        counts.read += 1
        if product.is_set or product.id in sets:
            learn_set(state, product)
        try:
            mapped = steps.apply(product) if steps else product
        except RecordRefused as error:
            counts.refused += 1
            run.report(product, product.id, product.sku, reason_of(error))
            continue
        if isinstance(mapped, LeftOut):
            counts.skipped += 1
            run.report(product, product.id, product.sku)
            continue
        if sending.take(mapped):
            await sending.flush()
            sending.look_up()
    return True


def in_order(products: Sequence[Product]) -> Sequence[Product]:
    """Returns the products by rank; most pages come so."""
    ids = [product.id for product in products]
    are_alike = len(set(map(len, ids))) == 1 and "".join(ids).isdecimal()
    if are_alike and ids == sorted(ids):
        return products
    return sorted(products, key=lambda product: rank(product.id))


class _Sending:
    """Collects what is to be sent, sends it in batches and remembers what was accepted.

    Where the time of an earlier run was used up in the middle of the catalogue, what stands before that place is sent
    behind the rest, so that products which fail in each run never keep the later ones back.
    """

    def __init__(self, run: FlowRun, memory: ProductMemory, *, has_to_compare: bool) -> None:
        """`has_to_compare` says that two products may hold one SKU, or one EAN, although nothing of them changed."""
        self._run = run
        self._memory = memory
        self._has_to_compare = has_to_compare
        self._needs_ean = run.source.has_eans
        self._batch_size = run.target.batch_size
        self._has_time = True
        self._reported = run.ledger.records(run.flow)
        turn = turn_of(run)
        self._turn = rank(turn) if turn is not None else None
        self._taken = 0
        self._waiting: list[tuple[Product, Decision]] = []
        self._passed: deque[Product] = deque()
        self._contested: deque[Product] = deque()
        self._save_from = run.now()
        self.postponed = Postponed()

    @property
    def left(self) -> int:
        """How many products were put behind the others, and were not reached."""
        return len(self._passed) + len(self._contested)

    def look_up(self) -> None:
        """Looks at the clock, and whether the run was asked to end: both can only change while something is sent."""
        self._run.check_stop()
        self._has_time = self._run.has_time()

    def has_time_for(self, product: Product) -> bool:
        """Tells whether there is time for this product; for a batch, from the one whose turn it is, there always is."""
        if self._turn is not None and rank(product.id) < self._turn:
            return True
        self._turn = None
        self._taken += 1
        return self._has_time or self._taken <= self._batch_size

    def take(self, product: Product) -> bool:
        """Decides about a product; one whose SKU or EAN is taken comes last, when others may have given it up.

        Returns whether enough waits to be sent.
        """
        if (
            self._memory.is_as_accepted(product)
            and not (self._has_to_compare or product.is_set or product.id in self._reported)
            and product.sku
            and (product.ean or not self._needs_ean)
        ):  # nearly every product: there is nothing to send, to report or to take back
            self._run.counts.unchanged += 1
            return False
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
            self.look_up()
            while products and self.has_time_for(products[0]):
                product = products.popleft()
                if self._carry_out(product, self._decide(product)):
                    await self.flush()
                    self.look_up()
        await self.flush()

    def _decide(self, product: Product) -> Decision:
        memory = self._memory
        holders = memory.sku_holder(product), memory.ean_holder(product)
        return decide(product, memory.get(product), *holders, needs_ean=self._needs_ean)

    def _carry_out(self, product: Product, decision: Decision) -> bool:
        counts = self._run.counts
        if decision.action in _WRITES:
            self._memory.reserve(decision.product)
            self._waiting.append((product, decision))
            return len(self._waiting) >= self._batch_size
        if decision.action is Action.UNCHANGED:
            counts.unchanged += 1
        else:
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
        if (now := self._run.now()) >= self._save_from:
            await self._run.state.save()
            self._save_from = self._run.now() + _SAVING * (self._run.now() - now)
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
        async for page in run.target.known_products():
            for product in page.records:
                learn_product(run.state, product)
            for broken in page.unreadable:
                run.report_unreadable("product_unreadable", broken)
    run.state.put(_META, _LEARNED, True)
    run.state.delete(_META, _COMPARED)
    await run.state.save()


def _has_to_compare(run: FlowRun) -> bool:
    """Tells whether each product is to be compared with all others: after learning them, and while some conflict."""
    is_in_conflict = any(problem.flow == run.flow and problem.code in _TAKEN for problem in run.ledger.open)
    return is_in_conflict or not run.state.stream(_META).get(_COMPARED)
