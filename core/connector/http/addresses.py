"""Where calls go: which base URLs are safe, and how a path is filled in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit

from connector.errors import ConfigurationError

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
# urlsplit drops some of these silently, other readers of an address take a backslash for a slash.
_CONFUSING: Final = re.compile(r"[\s\\\x00-\x1f\x7f]")
# No message shows the whole address: somebody may have typed a password into it.
_WAY_OUT: Final = "write https://<host>/<path>"
_UNSAFE_SEGMENTS: Final = frozenset({"", ".", ".."})


class UnsafeValue(ValueError):
    """A value that can't stand in a path, because it would lead the call somewhere else."""


def check_base_url(url: str) -> None:
    """Raises ConfigurationError unless credentials may be sent there: https, or http to this computer."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError(f"base_url is not a web address; {_WAY_OUT}") from None
    if _CONFUSING.search(url):
        raise ConfigurationError(f"base_url must not hold blanks, line breaks or backslashes; {_WAY_OUT}")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(
            "base_url must not hold a user or a password; they have settings of their own"
        )
    if not host:
        raise ConfigurationError(f"base_url names no host; {_WAY_OUT}")
    if parts.query or parts.fragment:
        raise ConfigurationError(f"base_url {parts.scheme}://{host}… must end with its path, without ? and #")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ConfigurationError(
            f"base_url {parts.scheme}://{host}… must start with https://, because credentials are sent there "
            "(http:// only for this computer: localhost, 127.0.0.1, [::1])"
        )


def is_loopback(host: str) -> bool:
    """Tells whether a host is this computer, without asking a name server."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def fill_in(path: str, values: Mapping[str, str]) -> str:
    """Replaces the placeholders of an endpoint's path, percent-encoded so that each stays one segment.

    An empty value and the dots for "here" and "one up" can't be encoded: servers undo it. They raise UnsafeValue.
    """

    def encoded(match: re.Match[str]) -> str:
        value = values[match[1]]
        if value in _UNSAFE_SEGMENTS:
            raise UnsafeValue(f"{match[1]} is {value!r}, which can't be a part of an address")
        return quote(value, safe="")

    return _PLACEHOLDER.sub(encoded, path)


def url_for(base_url: str, path: str, values: Mapping[str, str]) -> str:
    """Returns the whole address of a call; `base_url` may have a path and a slash at its end."""
    return f"{base_url.rstrip('/')}/{fill_in(path, values).lstrip('/')}"
