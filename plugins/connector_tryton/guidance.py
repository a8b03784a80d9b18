"""What has to be done in Tryton before the first run; README.md tells more."""

from __future__ import annotations

from collections.abc import Sequence

from connector_tryton.settings import TrytonSettings


def setup_steps(settings: TrytonSettings, language: str) -> Sequence[str]:
    """Returns the steps, with the names that the settings give."""
    return _german(settings) if language == "de" else _english(settings)


def _english(settings: TrytonSettings) -> Sequence[str]:
    return (
        f"Install the modules stock, stock_package_shipping and product_measurements in the database "
        f"{settings.database}, and import the countries (trytond_import_countries).",
        "Make a user for the connector in the groups Stock and Product Administration, with the company that ships.",
        "Log in as this user and add a user application of the kind REST API (Preferences > Applications); its key is "
        "the application_key.",
        "Enter the carriers. Name the product of each as the shop names its way of shipping, so that orders ship as "
        "the customer chose and tracking numbers show their carrier.",
        f"Leave what ends in @{settings.shop} as it is: references of shipments, codes of parties, and identifiers of "
        "products tell there which order or product of the shop is meant.",
        "Check the stock in the storage zone before the first run: it is taken over into the shop.",
    )


def _german(settings: TrytonSettings) -> Sequence[str]:
    return (
        f"Installieren Sie in der Datenbank {settings.database} die Module stock, stock_package_shipping und "
        "product_measurements und importieren Sie die Länder (trytond_import_countries).",
        "Legen Sie für den Connector einen Benutzer in den Gruppen „Lager“ (Stock) und „Artikel Administration“ "
        "(Product Administration) an, mit dem Unternehmen, das verschickt.",
        "Melden Sie sich als dieser Benutzer an und fügen Sie eine Benutzeranwendung der Art REST-API hinzu "
        "(Einstellungen > Anwendungen); deren Schlüssel ist der application_key.",
        "Legen Sie die Versanddienstleister an. Nennen Sie den Artikel eines jeden so wie der Shop seine Versandart: "
        "Dann geht jede Bestellung auf dem gewählten Weg hinaus, und zur Sendungsnummer erscheint der Paketdienst.",
        f"Lassen Sie, was auf @{settings.shop} endet, wie es ist: Referenzen von Lieferungen, Nummern von Parteien und "
        "Kennungen von Artikeln sagen dort, welche Bestellung oder welcher Artikel des Shops gemeint ist.",
        "Prüfen Sie vor dem ersten Lauf den Bestand der Lagerzone: Er wird in den Shop übernommen.",
    )
