"""What `connector check` says about notices: whether each address can be used; nothing is sent."""

from __future__ import annotations

from connector.api import ClientSetup, ConfigurationError, Finding
from connector_notices.settings import NoticesSettings
from connector_notices.telling import sender


def check(client: ClientSetup) -> list[Finding]:
    """Looks at each receiver of a client; without any there is nothing to say."""
    settings = client.settings(NoticesSettings)
    return [
        _finding(receiver, address.reveal()) for receiver, address in settings.to.items() if settings.enabled
    ]


def _finding(receiver: str, address: str) -> Finding:
    try:
        service = sender().understood(receiver, address)
    except ConfigurationError as error:
        return Finding(what=f"notices to `{receiver}`", ok=False, advice=str(error), level="warning")
    return Finding(what=f"notices to `{receiver}` go by {service.service_name}", ok=True)
