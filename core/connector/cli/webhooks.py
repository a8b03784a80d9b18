"""`connector webhooks`: whether both services call when something happens, so that runs need not wait for the hour."""

from __future__ import annotations

import asyncio

import click

from connector.cli.wiring import installation
from connector.clock import Stop
from connector.contracts import Finding
from connector.errors import ConfigurationError
from connector.installation import Installation, chosen_clients, shared
from connector.secret import Secret
from connector.subscribing import subscribe, unsubscribe


@click.group()
def webhooks() -> None:
    """Let both services call when something happens, so that flows run at once instead of at the next interval.

    `connector run --web` takes the calls. Runs go on at their intervals as before: what a call missed is found then.
    """


@webhooks.command("install", short_help="Have both services call.")
@click.argument("names", metavar="[CLIENT]...", nargs=-1)
@click.pass_context
def install(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Register the webhooks of CLIENT (default: of all clients) at both services, or renew them.

    Needs the settings web.url and web.webhook_secret. Exit code 1 when a service did not take it.
    """
    inst = installation(ctx.obj)
    web = inst.folder.common().web
    if web.webhook_secret is None:
        raise ConfigurationError(
            "webhooks need a secret: set web.webhook_secret (in .secrets.toml under [web], or as "
            "CONNECTOR_WEB__WEBHOOK_SECRET) to a long random text"
        )
    _tell(ctx, asyncio.run(_each(inst, names, _address(inst), web.webhook_secret)))


@webhooks.command("remove", short_help="Have them call no more.")
@click.argument("names", metavar="[CLIENT]...", nargs=-1)
@click.pass_context
def remove(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Take the webhooks of CLIENT (default: of all clients) away from both services; those of others stay.

    Needs the setting web.url. Exit code 1 when a service did not answer.
    """
    inst = installation(ctx.obj)
    _tell(ctx, asyncio.run(_each(inst, names, _address(inst), None)))


def _address(inst: Installation) -> str:
    url = inst.folder.common().web.url.strip()
    if not url.startswith(("https://", "http://")):
        raise ConfigurationError(
            "webhooks need an address on the internet: set web.url to where services reach this machine, such as "
            "https://connector.example.com"
        )
    return url


async def _each(
    inst: Installation, names: tuple[str, ...], url: str, secret: Secret | None
) -> dict[str, list[Finding]]:
    common = shared(inst, Stop())
    results: dict[str, list[Finding]] = {}
    for name in chosen_clients(inst, names):
        try:
            settings = inst.client(name).settings
        except ConfigurationError as error:
            results[name] = [Finding(what="settings", ok=False, advice=str(error))]
            continue
        if secret is None:
            results[name] = await unsubscribe(settings, common, url)
        else:
            results[name] = await subscribe(settings, common, url, secret)
    await common.store.close()
    return results


def _tell(ctx: click.Context, results: dict[str, list[Finding]]) -> None:
    for name, findings in results.items():
        click.echo(name)
        for finding in findings:
            click.echo(f"  {'ok  ' if finding.ok else 'FAIL'} {finding.what}")
            if not finding.ok:
                click.echo(f"       {finding.advice}")
    ctx.exit(int(any(not finding.ok for findings in results.values() for finding in findings)))
