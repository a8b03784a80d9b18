"""What is remembered of the products that the target accepted (DESIGN decision 4).

The stream `products` holds one short text for each: the hash of the content that was accepted, and the SKU and the
EAN that the target knows it by. Products of the target that no shop id is known for stand under `?<sku>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b
from typing import Final, NamedTuple

import msgspec

from connector.records import Product
from connector.state import ClientState, Snapshot

STREAM: Final = "products"

_UNKNOWN_ID: Final = "?"
_TAB: Final = "\t"
_encode: Final = msgspec.json.Encoder(decimal_format="string").encode


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """A product as the target has it."""

    fingerprint: str
    sku: str
    ean: str


def rank(product_id: str) -> tuple[int, str]:
    """SPEC A4: of two products that claim the same value the lowest id wins; numbers sort as numbers."""
    return (len(product_id), product_id) if product_id.isdecimal() else (1_000, product_id)


def fingerprint(product: Product) -> str:
    """Hashes what a change of has to be sent: neither dimensions (SPEC A3) nor what only steps look at."""
    content = msgspec.structs.replace(
        product, id="", length_cm=None, width_cm=None, height_cm=None, tags=(), is_set=False, parts=()
    )
    return blake2b(_encode(content), digest_size=8).hexdigest()


class ProductMemory:
    """The products that the target has, and who holds which SKU and EAN there (SPEC A4).

    Who holds what is put together when somebody asks for the first time: in most runs no product changed, and the two
    tables would take as much memory as all that is remembered.
    """

    def __init__(self, state: ClientState) -> None:
        self._state = state
        self._entries: Mapping[str, str] = state.stream(STREAM)

    @cached_property
    def _holders(self) -> _Holders:
        holders = _Holders({}, {})
        for product_id, entry in self._entries.items():
            held = _unpacked(entry)
            holders.claim_first(product_id, held.sku, held.ean)
        return holders

    @cached_property
    def _has_unknown(self) -> bool:
        """Whether the target has products that no shop id is known for; a run never adds one."""
        return any(product_id.startswith(_UNKNOWN_ID) for product_id in self._entries)

    def is_as_accepted(self, product: Product) -> bool:
        """Tells whether the target has this product under its own id, with just this content, SKU and EAN."""
        entry = self._entries.get(product.id)
        return entry is not None and entry == f"{fingerprint(product)}\t{product.ean}\t{product.sku}"

    def get(self, product: Product) -> Accepted | None:
        """Returns what the target has of this product; one that it knows by the SKU alone counts."""
        entry = self._entries.get(product.id)
        if entry is None and self._has_unknown:
            entry = self._entries.get(_UNKNOWN_ID + product.sku)
        return _unpacked(entry) if entry else None

    def sku_holder(self, product: Product) -> str | None:
        """Names another product that holds this SKU, None where there is none."""
        return self._other(self._holders.skus.get(product.sku), product) if product.sku else None

    def ean_holder(self, product: Product) -> str | None:
        """Names another product that holds this EAN, None where there is none."""
        return self._other(self._holders.eans.get(product.ean), product) if product.ean else None

    def reserve(self, product: Product) -> None:
        """Gives SKU and EAN to a product that is about to be sent, so that no later one of the run takes them."""
        self._holders.claim(product.id, product.sku, product.ean)

    def withdraw(self, product: Product) -> None:
        """Takes a reservation back, since the target refused the product; what it holds there it keeps."""
        self._holders.release(product.id, product.sku, product.ean)
        if product.id in self._entries:
            held = _unpacked(self._entries[product.id])
            self._holders.claim(product.id, held.sku, held.ean)

    def accept(self, product: Product) -> None:
        """Remembers what the target accepted of a reserved product, and gives back the SKU and EAN it had before."""
        before = self.get(product)
        if before is not None:
            self._holders.release(product.id, before.sku, before.ean)
            self._holders.claim(product.id, product.sku, product.ean)
        if self._has_unknown:
            self._state.delete(STREAM, _UNKNOWN_ID + product.sku)
        self._state.put(STREAM, product.id, _entry(fingerprint(product), product.sku, product.ean))

    def _other(self, holder: str | None, product: Product) -> str | None:
        """Names the holder as people find it: by its SKU, with the shop's id where there is one."""
        if holder is None or holder == product.id or holder == _UNKNOWN_ID + product.sku:
            return None
        if holder.startswith(_UNKNOWN_ID):
            return f"{holder.removeprefix(_UNKNOWN_ID)} (not from this shop)"
        entry = self._entries.get(holder)
        return f"{_unpacked(entry).sku} ({holder})" if entry else holder


class _Holders(NamedTuple):
    """Which product holds each SKU and each EAN: their ids."""

    skus: dict[str, str]
    eans: dict[str, str]

    def claim(self, product_id: str, sku: str, ean: str) -> None:
        self.skus[sku] = product_id
        self.eans[ean] = product_id

    def claim_first(self, product_id: str, sku: str, ean: str) -> None:
        """Claims what nobody holds yet; of two products that hold the same in the target the lowest id does."""
        for holders, value in ((self.skus, sku), (self.eans, ean)):
            other = holders.get(value)
            if other is None or rank(product_id) < rank(other):
                holders[value] = product_id

    def release(self, product_id: str, sku: str, ean: str) -> None:
        for holders, value in ((self.skus, sku), (self.eans, ean)):
            if holders.get(value) == product_id:
                del holders[value]


def _entry(content: str, sku: str, ean: str) -> str:
    return f"{content}\t{ean.replace(_TAB, ' ')}\t{sku}"


def _unpacked(entry: str) -> Accepted:
    content, ean, sku = entry.split(_TAB, 2)
    return Accepted(fingerprint=content, sku=sku, ean=ean)


def learn_product(state: ClientState, product: Product) -> None:
    """Takes over what the target says it has, when nothing is remembered (SPEC A3, A4)."""
    product_id = product.id or _UNKNOWN_ID + product.sku
    state.put(STREAM, product_id, _entry(fingerprint(product), product.sku, product.ean))


def knows_product(state: Snapshot, product_id: str) -> bool:
    """Tells whether the target accepted this product."""
    return product_id in state.stream(STREAM)


def forget_product(state: ClientState, product_id: str) -> None:
    """Drops what is remembered of a product, so that the next run sends it again."""
    state.delete(STREAM, product_id)


def resend_product(state: ClientState, product_id: str) -> None:
    """Lets the next run send a product even if it is unchanged; the SKU and EAN that it holds stay (SPEC A4)."""
    accepted = _unpacked(state.stream(STREAM)[product_id])
    state.put(STREAM, product_id, _entry("", accepted.sku, accepted.ean))
