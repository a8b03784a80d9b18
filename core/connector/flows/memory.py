"""What is remembered of the products that the target accepted (DESIGN decision 4).

The stream `products` holds one short text for each: the hash of the content that was accepted, and the SKU and the
EAN that the target knows it by. Products of the target that no shop id is known for stand under `?<sku>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

import msgspec

from connector.records import Product
from connector.state import ClientState, Snapshot

STREAM: Final = "products"

_UNKNOWN_ID: Final = "?"
_encode: Final = msgspec.json.Encoder(decimal_format="string").encode


class Accepted(msgspec.Struct, frozen=True):
    """A product as the target has it."""

    fingerprint: str
    sku: str
    ean: str


def fingerprint(product: Product) -> str:
    """Hashes what a change of has to be sent: neither dimensions (SPEC A3) nor what only steps look at."""
    content = msgspec.structs.replace(
        product, id="", length_cm=None, width_cm=None, height_cm=None, tags=(), is_set=False, parts=()
    )
    return blake2b(_encode(content), digest_size=8).hexdigest()


class ProductMemory:
    """The products that the target has, and who holds which SKU and EAN there (SPEC A4)."""

    def __init__(self, state: ClientState) -> None:
        self._state = state
        self._entries: Mapping[str, str] = state.stream(STREAM)
        self._sku_holders: dict[str, str] = {}
        self._ean_holders: dict[str, str] = {}
        for product_id, entry in self._entries.items():
            self._claim(product_id, _unpacked(entry))

    def get(self, product: Product) -> Accepted | None:
        """Returns what the target has of this product; one that it knows by the SKU alone counts."""
        entry = self._entries.get(product.id) or self._entries.get(_UNKNOWN_ID + product.sku)
        return _unpacked(entry) if entry else None

    def sku_holder(self, product: Product) -> str | None:
        """Names another product that holds this SKU, None where there is none."""
        return self._other(self._sku_holders.get(product.sku), product) if product.sku else None

    def ean_holder(self, product: Product) -> str | None:
        """Names another product that holds this EAN, None where there is none."""
        return self._other(self._ean_holders.get(product.ean), product) if product.ean else None

    def reserve(self, product: Product) -> None:
        """Gives SKU and EAN to a product that is about to be sent, so that no later one of the run takes them."""
        self._claim(product.id, Accepted(fingerprint="", sku=product.sku, ean=product.ean))

    def withdraw(self, product: Product) -> None:
        """Takes a reservation back, since the target refused the product; what it holds there it keeps."""
        for holders, value in ((self._sku_holders, product.sku), (self._ean_holders, product.ean)):
            if holders.get(value) == product.id:
                del holders[value]
        if product.id in self._entries:
            self._claim(product.id, _unpacked(self._entries[product.id]))

    def accept(self, product: Product) -> None:
        """Remembers what the target accepted and gives back the SKU and EAN that the product had before."""
        before = self.get(product)
        accepted = Accepted(fingerprint=fingerprint(product), sku=product.sku, ean=product.ean)
        if before is not None:
            self._release(product.id, before, accepted)
        self._claim(product.id, accepted)
        self._state.delete(STREAM, _UNKNOWN_ID + product.sku)
        self._state.put(STREAM, product.id, _packed(accepted))

    def learn(self, product: Product) -> None:
        """Takes over what the target says it has, when nothing is remembered (SPEC A3, A4)."""
        product_id = product.id or _UNKNOWN_ID + product.sku
        accepted = Accepted(fingerprint=fingerprint(product), sku=product.sku, ean=product.ean)
        self._claim(product_id, accepted)
        self._state.put(STREAM, product_id, _packed(accepted))

    def _claim(self, product_id: str, accepted: Accepted) -> None:
        self._sku_holders[accepted.sku] = product_id
        self._ean_holders[accepted.ean] = product_id

    def _release(self, product_id: str, before: Accepted, after: Accepted) -> None:
        if before.sku != after.sku and self._sku_holders.get(before.sku) == product_id:
            del self._sku_holders[before.sku]
        if before.ean != after.ean and self._ean_holders.get(before.ean) == product_id:
            del self._ean_holders[before.ean]

    def _other(self, holder: str | None, product: Product) -> str | None:
        """Names the holder as people find it: by its SKU, with the shop's id where there is one."""
        if holder is None or holder == product.id or holder == _UNKNOWN_ID + product.sku:
            return None
        if holder.startswith(_UNKNOWN_ID):
            return f"{holder.removeprefix(_UNKNOWN_ID)} (not from this shop)"
        entry = self._entries.get(holder)
        return f"{_unpacked(entry).sku} ({holder})" if entry else holder


def _packed(accepted: Accepted) -> str:
    return "\t".join((accepted.fingerprint, accepted.ean.replace("\t", " "), accepted.sku))


def _unpacked(entry: str) -> Accepted:
    content, ean, sku = entry.split("\t", 2)
    return Accepted(fingerprint=content, sku=sku, ean=ean)


def knows_product(state: Snapshot, product_id: str) -> bool:
    """Tells whether the target accepted this product."""
    return product_id in state.stream(STREAM)


def forget_product(state: ClientState, product_id: str) -> None:
    """Drops what is remembered of a product, so that the next run sends it again."""
    state.delete(STREAM, product_id)


def resend_product(state: ClientState, product_id: str) -> None:
    """Lets the next run send a product even if it is unchanged; the SKU and EAN that it holds stay (SPEC A4)."""
    accepted = _unpacked(state.stream(STREAM)[product_id])
    state.put(STREAM, product_id, _packed(msgspec.structs.replace(accepted, fingerprint="")))
