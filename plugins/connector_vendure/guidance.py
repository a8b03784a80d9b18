"""What a merchant has to do in Vendure before the first run; README.md tells more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connector_vendure.settings import VendureSettings
from connector_vendure.states import CANCEL_REFUSED, CANCELLED_THERE, CHANGE_REFUSED, HELD

RIGHTS: Final = (
    "ReadCatalog",
    "UpdateCatalog",
    "ReadOrder",
    "UpdateOrder",
    "ReadStockLocation",
    "ReadSettings",
)
"""The permissions that the plugin needs."""

_RIGHTS: Final = ", ".join(f"`{right}`" for right in RIGHTS)


def setup_steps(settings: VendureSettings, language: str) -> Sequence[str]:
    """Returns the steps, with the fields that the settings name."""
    return _german(settings) if language == "de" else _english(settings)


def _english(settings: VendureSettings) -> list[str]:
    steps = [f"Create a role with the permissions {_RIGHTS}, and no others."]
    if settings.api_key is not None:
        steps.append("Create an API key with this role; `authOptions.tokenMethod` has to name `api-key`.")
    else:
        steps.append(
            f"Give this role to the administrator `{settings.username}`; `authOptions.tokenMethod` has to name "
            "`bearer`."
        )
    if settings.exported_field:
        steps.append(
            f"Add the custom field `{settings.exported_field}` (datetime, nullable) to Order. It is set once the "
            "warehouse has an order; empty it to send a changed order again."
        )
    if settings.status_field:
        words = f"`{HELD}`, `{CHANGE_REFUSED}`, `{CANCELLED_THERE}` or `{CANCEL_REFUSED}`"
        steps.append(
            f"Add the custom field `{settings.status_field}` (string, nullable) to Order. Keep an eye on it: it says "
            f"{words} where an order does not go as usual."
        )
    goods = f"Enter an SKU and an EAN (`{settings.ean_field}`)" if settings.ean_field else "Enter an SKU"
    steps.append(f"{goods} for every variant that the warehouse ships.")
    steps.append(
        "Let nothing else write stock or make fulfillments: both come from the warehouse, and its figures replace "
        "those in the stock location."
    )
    return steps


def _german(settings: VendureSettings) -> list[str]:
    steps = [f"Legen Sie eine Rolle mit den Rechten {_RIGHTS} an, und keinen anderen."]
    if settings.api_key is not None:
        steps.append(
            "Legen Sie einen API-Key mit dieser Rolle an; `authOptions.tokenMethod` muss `api-key` nennen."
        )
    else:
        steps.append(
            f"Geben Sie diese Rolle dem Administrator `{settings.username}`; `authOptions.tokenMethod` muss `bearer` "
            "nennen."
        )
    if settings.exported_field:
        steps.append(
            f"Geben Sie Order das Custom Field `{settings.exported_field}` (datetime, nullable). Es wird gesetzt, "
            "sobald das Lager eine Bestellung hat; leeren Sie es, um eine geänderte Bestellung noch einmal zu senden."
        )
    if settings.status_field:
        words = f"`{HELD}`, `{CHANGE_REFUSED}`, `{CANCELLED_THERE}` oder `{CANCEL_REFUSED}`"
        steps.append(
            f"Geben Sie Order das Custom Field `{settings.status_field}` (string, nullable). Achten Sie darauf: Dort "
            f"steht {words}, wo es mit einer Bestellung nicht wie gewohnt weitergeht."
        )
    goods = f"eine SKU und eine EAN (`{settings.ean_field}`)" if settings.ean_field else "eine SKU"
    steps.append(f"Tragen Sie für jede Variante, die das Lager verschickt, {goods} ein.")
    steps.append(
        "Lassen Sie niemanden sonst Bestände schreiben oder Fulfillments anlegen: Beides kommt vom Lager, und dessen "
        "Mengen ersetzen die im Lagerort."
    )
    return steps
