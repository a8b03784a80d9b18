"""Sampleshop as a service: where it is, who we are there, and the calls that are made.

The framework does the rest: time-outs, retries, limits, and sorting answers by their HTTP status.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from connector.api import Endpoint, Limit, Secret, Service

from connector_sampleshop.settings import SampleshopSettings

NAME: Final = "sampleshop"
"""How settings, the log and messages name it."""

PAGE_SIZE: Final = 100

LIST_PRODUCTS: Final = Endpoint("GET", "/products")
GET_PRODUCT: Final = Endpoint("GET", "/products/{id}")
LIST_ORDERS: Final = Endpoint("GET", "/orders")
# `repeatable`: where no answer came, the framework may send the call again. A label that is put on twice is there once,
# and one that is gone stays gone. Never say this of a call whose repetition does something further.
ADD_LABEL: Final = Endpoint("PUT", "/orders/{id}/labels/{label}", repeatable=True)
REMOVE_LABEL: Final = Endpoint("DELETE", "/orders/{id}/labels/{label}", repeatable=True)


def describe(settings: SampleshopSettings) -> Service:
    """Describes Sampleshop for one client.

    A service that says no in a good answer (status 200 with an error in the body) needs a `verdict`, too; one that asks
    for pauses in a way of its own needs a `pause`.
    """
    token = settings.token.reveal()
    return Service(
        name=NAME,
        base_url=settings.base_url.rstrip("/"),
        # Whose calls the service counts together; hashed, since it is a credential.
        account=sha256(token.encode()).hexdigest(),
        headers={"Authorization": Secret(f"Bearer {token}")},
        limit=Limit(10, 1.0),
    )
