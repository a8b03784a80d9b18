"""Whether a client is ready to run: both sides are asked, nothing is written (`connector check`)."""

from __future__ import annotations

from contextlib import AsyncExitStack

from connector.contracts import Finding, Source, Target, can
from connector.errors import AuthenticationError, ConnectorError
from connector.lifecycle import ClientSetup
from connector.settings import ClientSettings
from connector.sides import Opener, Shared
from connector.telling import with_defaults


async def check_client(settings: ClientSettings, shared: Shared) -> list[Finding]:
    """Asks both sides whether they are ready; writes nothing to either."""
    findings: list[Finding] = []
    async with AsyncExitStack() as opened:
        opener = Opener(settings, shared, opened)
        sides = (
            (f"source {settings.source.name}", opener.source),
            (f"target {settings.target.name}", opener.target),
        )
        for what, open_side in sides:
            try:
                findings += await (await open_side()).check()
            except AuthenticationError as error:
                advice = "enter the credentials anew; they may have expired or been withdrawn"
                findings.append(Finding(what=f"{what}: {error}", ok=False, advice=advice))
            except ConnectorError as error:
                advice = "look whether base_url is right and the service can be reached from this machine"
                findings.append(Finding(what=f"{what}: {error}", ok=False, advice=advice))
        if all(finding.ok or finding.level == "warning" for finding in findings):
            try:
                findings += await _compare_shipping(await opener.source(), await opener.target())
            except ConnectorError as error:
                findings.append(
                    Finding(what="ways of shipping", ok=False, level="warning", advice=str(error))
                )
    plugins = with_defaults(settings.plugins, shared.plugins)
    setup = ClientSetup(client=settings.name, language=settings.language, plugin_settings=plugins)
    return [*findings, *await shared.plugins.lifecycle.check(setup, shared.clock)]


async def _compare_shipping(source: Source, target: Target) -> list[Finding]:
    """Compares the names by which both sides know their ways of shipping: only equal ones find each other (SPEC S3)."""
    if not (can(source, "shipping_products") and can(target, "shipping_profiles")):
        return []
    products, profiles = set(await source.shipping_products()), set(await target.shipping_profiles())
    missing = sorted(profiles - products)
    matched = [
        Finding(what=f"shipping profile `{name}` has its product in the shop", ok=True)
        for name in sorted(profiles & products)
    ]
    advice = (
        "no shipping product of the shop has exactly these names, so such parcels show the tracking number without "
        "its carrier; name the shop's shipping products so"
    )
    what = f"shipping profiles of the warehouse: {', '.join(missing)}"
    return [*matched, *([Finding(what=what, ok=False, level="warning", advice=advice)] if missing else [])]
