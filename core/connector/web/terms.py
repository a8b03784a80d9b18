"""Where the page is offered, to whom, and what it may show and do: decided once, before anything listens."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from connector.errors import ConfigurationError
from connector.secret import Secret
from connector.settings import WebSettings

_ADDRESS: Final = re.compile(r"(?P<host>[^\s:\[\]]+|\[[0-9a-fA-F:.%]+\]):(?P<port>\d{1,5})")
_LOCAL: Final = "localhost"


@dataclass(frozen=True)
class Address:
    """Where to listen; port 0 takes any free one."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it. A name other than localhost may mean anything."""
        return self.host == _LOCAL or (_is_ip(self.host) and ipaddress.ip_address(self.host).is_loopback)


@dataclass(frozen=True)
class Terms:
    """What the page may show and do, and to whom.

    Without a `token`, whoever reaches the page may look. `hosts` are the names by which browsers may ask for it;
    None: any.
    """

    token: Secret | None = None
    hosts: frozenset[str] | None = frozenset()
    allow_changes: bool = False
    show_personal_data: bool = False
    webhook_secret: Secret | None = None

    def allows_host(self, header: str) -> bool:
        """Tells whether a browser may ask for the page by this name (the header `Host`).

        Without a token, a foreign site could otherwise let its own name point to this machine and read the page. An
        IP address can't be such a name.
        """
        host = header.rsplit(":", 1)[0] if re.search(r":\d+$", header) else header
        host = host.strip("[]").lower().rstrip(".")
        if not host:
            return False
        return self.hosts is None or host == _LOCAL or host in self.hosts or _is_ip(host)


def address_of(text: str) -> Address:
    """Reads an address such as 127.0.0.1:8080 or [::1]:8080; raises ConfigurationError."""
    found = _ADDRESS.fullmatch(text.strip())
    if not found or int(found["port"]) > 65535:
        raise ConfigurationError(
            f"`{text}` is no address for the web page: write HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080"
        )
    return Address(found["host"].strip("[]"), int(found["port"]))


def terms_of(address: Address, settings: WebSettings, *, allow_changes: bool) -> Terms:
    """Returns the terms on which the page is offered there.

    Raises ConfigurationError where others than this machine could open it, and nobody would ask them for a token.
    """
    names = frozenset(name.strip().lower() for name in settings.hosts.split(",") if name.strip())
    if settings.token is None and not address.is_loopback:
        raise ConfigurationError(
            f"the web page would be open to everybody who reaches {address.host}: set web.token (in .secrets.toml "
            "under [web], or as CONNECTOR_WEB__TOKEN), or listen on 127.0.0.1"
        )
    if settings.token is None and names:
        raise ConfigurationError(
            "web.hosts offers the web page to others, and nobody would ask them for a token: set web.token (in "
            ".secrets.toml under [web], or as CONNECTOR_WEB__TOKEN), or remove web.hosts"
        )
    return Terms(
        token=settings.token,
        hosts=names if names or address.is_loopback else None,
        allow_changes=allow_changes,
        show_personal_data=settings.show_personal_data,
        webhook_secret=settings.webhook_secret,
    )


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
