"""What a merchant has to do in Billbee before the first run; README.md and README.de.md tell more."""

from __future__ import annotations

from collections.abc import Sequence

from connector_billbee.settings import BillbeeSettings
from connector_billbee.states import state_name
from connector_billbee.tags import OrderTags


def setup_steps(settings: BillbeeSettings, language: str) -> Sequence[str]:
    """Returns the steps, with the tag, the state and the storage location that the settings name."""
    return _german(settings) if language == "de" else _english(settings)


def _english(settings: BillbeeSettings) -> list[str]:
    tags, state = OrderTags(settings.orders_tag), state_name(settings.order_state_id)
    steps = [
        "Open Settings > Billbee API (Einstellungen > Billbee API), switch the access on and set an API password. It "
        "is not the password that you log in with.",
        f"Add a rule in Settings > Automation (Einstellungen > Automatisierung), tab Rules: when an order's state "
        f'changes to "{state}", also where the shop changes it, the order gets the tag `{tags.wanted}`. Only orders '
        "in this state with this tag go to the warehouse.",
        "Enter an SKU and an EAN for every product that the warehouse ships.",
        "Name the shipping products in Billbee exactly as the warehouse names its shipping profiles, so that orders "
        "ship as the customer chose and tracking numbers show their carrier.",
        "Let nothing else write stock: the warehouse's figure "
        + (
            f"goes into the storage location {settings.storage_location_id}."
            if settings.storage_location_id
            else "replaces the one in the standard storage location."
        ),
    ]
    if settings.failed_tag:
        steps.append(
            f"Keep an eye on the tag `{tags.failed}`: an order that has it can't be shipped as it is, and is tried "
            f"again in each run. `{tags.received}` means that the warehouse has the order."
        )
    return steps


def _german(settings: BillbeeSettings) -> list[str]:
    tags, state = OrderTags(settings.orders_tag), state_name(settings.order_state_id)
    steps = [
        "Öffnen Sie Einstellungen > Billbee API, schalten Sie den Zugriff ein und legen Sie ein API-Passwort fest. Es "
        "ist nicht das Passwort, mit dem Sie sich anmelden.",
        "Legen Sie unter Einstellungen > Automatisierung im Reiter „Regeln“ eine Regel an: Wechselt der Bestellstatus "
        f"auf „{state}“ (auch wenn er aus dem Shop kommt), erhält die Bestellung das Tag `{tags.wanted}`. Nur "
        "Bestellungen in diesem Status und mit diesem Tag gehen ans Lager.",
        "Tragen Sie für jeden Artikel, den das Lager verschickt, eine Artikelnummer (SKU) und eine EAN ein.",
        "Nennen Sie die Versandprodukte in Billbee genau so wie das Lager seine Versandprofile: Dann geht jede "
        "Bestellung auf dem gewählten Weg hinaus, und zur Sendungsnummer erscheint der Paketdienst.",
        "Lassen Sie niemanden sonst Bestände schreiben: Die Menge des Lagers "
        + (
            f"kommt in den Lagerort {settings.storage_location_id}."
            if settings.storage_location_id
            else "ersetzt die im Standardlager."
        ),
    ]
    if settings.failed_tag:
        steps.append(
            f"Achten Sie auf das Tag `{tags.failed}`: Eine solche Bestellung kann so nicht verschickt werden; jeder "
            f"Lauf versucht es erneut. `{tags.received}` heißt, dass das Lager die Bestellung hat."
        )
    return steps
