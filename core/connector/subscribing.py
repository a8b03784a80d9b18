"""Asks both services of a client to call when something happens, or not to call any more (`connector webhooks`)."""

from __future__ import annotations

from contextlib import AsyncExitStack

from connector.contracts import Finding, Plugin, can
from connector.errors import AuthenticationError, ConnectorError
from connector.secret import Secret
from connector.settings import ClientSettings
from connector.sides import Opener, Shared
from connector.webhooks import Side, webhook_path, webhook_secret


async def subscribe(settings: ClientSettings, shared: Shared, url: str, secret: Secret) -> list[Finding]:
    """Registers the webhooks of both sides at `url`; `secret` is the common one that each side's is made of."""
    return await _on_both_sides(settings, shared, url, secret)


async def unsubscribe(settings: ClientSettings, shared: Shared, url: str) -> list[Finding]:
    """Takes the webhooks of both sides at `url` away."""
    return await _on_both_sides(settings, shared, url, None)


async def _on_both_sides(
    settings: ClientSettings, shared: Shared, url: str, secret: Secret | None
) -> list[Finding]:
    findings = []
    async with AsyncExitStack() as opened:
        opener = Opener(settings, shared, opened)
        sides: tuple[Side, Side] = ("source", "target")
        for side in sides:
            choice = getattr(settings, side)
            what = f"{side} {choice.name}"
            try:
                plugin: Plugin = await (opener.source() if side == "source" else opener.target())
                findings.append(await _on_one_side(plugin, side, what, settings.name, url, secret))
            except AuthenticationError as error:
                advice = "enter the credentials anew; they may have expired or been withdrawn"
                findings.append(Finding(what=f"{what}: {error}", ok=False, advice=advice))
            except ConnectorError as error:
                advice = "runs go on at their interval; try again when the service answers"
                findings.append(Finding(what=f"{what}: {error}", ok=False, advice=advice))
    return findings


async def _on_one_side(
    plugin: Plugin, side: Side, what: str, client: str, url: str, secret: Secret | None
) -> Finding:
    if not can(plugin, "register_webhooks", "remove_webhooks"):
        return Finding(what=f"{what} has no webhooks; its changes are seen at each interval", ok=True)
    address = url.rstrip("/") + webhook_path(client, side)
    if secret is None:
        told = ", ".join(await plugin.remove_webhooks(address)) or "nothing, as before"
        return Finding(what=f"{what} does not call any more; it told of: {told}", ok=True)
    told = ", ".join(await plugin.register_webhooks(address, webhook_secret(secret, client, side)))
    return Finding(what=f"{what} calls {address}; it tells of: {told}", ok=True)
