"""Takes the calls by which services say that something happened, and has the flows run that they concern.

A call is only a hint: nothing that it says is used but which flows it concerns, and that only once it has proved that
it comes from the service.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from connector.contracts import Plugin
from connector.errors import ConfigurationError
from connector.flows import FLOW_NAMES
from connector.installation import Installation
from connector.settings import ClientSettings
from connector.web.forms import body_of
from connector.web.site import Site
from connector.webhooks import Side, WebhookCall, webhook_secret

log: Final = logging.getLogger("connector.web")

MOST_BYTES: Final = 1_000_000
"""Of a call; some services send the whole order along."""

_SIDES: Final[Mapping[str, Side]] = {"source": "source", "target": "target"}


@dataclass(frozen=True)
class Receiver:
    """Answers calls of services."""

    site: Site
    hint: Callable[[str, Collection[str]], None] | None

    async def take(self, request: Request) -> Response:
        """Has the flows run soon; whoever does not prove to be the service learns nothing, not even who is a client."""
        body = await body_of(request, MOST_BYTES)
        call = WebhookCall(
            headers={name.lower(): value for name, value in request.headers.items()}, body=body
        )
        client, side = request.path_params["client"], _SIDES.get(request.path_params["side"])
        flows = self._flows(client, side, call) if side else None
        if flows is None or self.hint is None:
            raise HTTPException(404)
        known = [flow for flow in FLOW_NAMES if flow in flows]
        if known:
            self.hint(client, known)
        log.info("client %s: the %s calls, concerning: %s", client, side, ", ".join(known) or "nothing")
        return Response(status_code=202)

    def _flows(self, client: str, side: Side, call: WebhookCall) -> Collection[str] | None:
        secret = self.site.terms.webhook_secret
        if secret is None:
            return None
        try:
            inst = self.site.desk.installation()
            if client not in inst.folder.client_names():
                return None
            with self.site.budget.spending():
                plugin = _plugin_of(inst, inst.client(client).settings, side)
                return plugin.webhook_flows(call, webhook_secret(secret, client, side))
        except ConfigurationError:
            return None  # its runs say what is wrong


def _plugin_of(inst: Installation, settings: ClientSettings, side: Side) -> type[Plugin]:
    if side == "source":
        return inst.plugins.sources[settings.source.name].what
    return inst.plugins.targets[settings.target.name].what
