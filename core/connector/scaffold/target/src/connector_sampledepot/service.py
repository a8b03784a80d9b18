"""Sampledepot as a service: where it is, who we are there, and the calls that are made.

The framework does the rest: time-outs, retries, limits, and sorting answers by their HTTP status.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from connector.api import Endpoint, Limit, Service

from connector_sampledepot.settings import SampledepotSettings

NAME: Final = "sampledepot"
"""How settings, the log and messages name it."""

PAGE_SIZE: Final = 100

LIST_ARTICLES: Final = Endpoint("GET", "/articles")
GET_ARTICLE: Final = Endpoint("GET", "/articles/{reference}")
# `repeatable`: where no answer came, the framework may send the call again. An article that is put twice is there once.
PUT_ARTICLE: Final = Endpoint("PUT", "/articles/{reference}", repeatable=True)
LIST_ORDERS: Final = Endpoint("GET", "/orders")
# Sent again, it would make a second order. Where no answer came, the framework looks for the order first.
CREATE_ORDER: Final = Endpoint("POST", "/orders")


def describe(settings: SampledepotSettings) -> Service:
    """Describes Sampledepot for one client.

    A service that says no in a good answer (status 200 with an error in the body) needs a `verdict`, too; one that asks
    for pauses in a way of its own needs a `pause`.
    """
    return Service(
        name=NAME,
        base_url=settings.base_url.rstrip("/"),
        # Whose calls the service counts together; hashed, since it is a credential.
        account=sha256(settings.api_key.reveal().encode()).hexdigest(),
        headers={"X-Api-Key": settings.api_key},
        limit=Limit(10, 1.0),
    )
