"""Webhooks, by which a service says that something happened: how a call of it looks, and what it proves itself by."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, Literal

import msgspec

from connector.secret import Secret

Side = Literal["source", "target"]

PREFIX: Final = "/hooks/"
"""What the addresses begin with at which services call."""


class WebhookCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it came in. Header names are lower case."""

    headers: Mapping[str, str]
    body: bytes


def webhook_path(client: str, side: Side) -> str:
    """Returns where the service on one side of a client calls."""
    return f"{PREFIX}{client}/{side}"


def webhook_secret(common: Secret, client: str, side: Side) -> Secret:
    """Returns the secret that one service shares with us: nobody can work out another one from it, 64 letters long."""
    mac = hmac.new(common.reveal().encode(), f"{client}\n{side}".encode(), sha256)
    return Secret(mac.hexdigest())
