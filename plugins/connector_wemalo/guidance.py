"""What the warehouse has to do in Wemalo before the first run; README.md tells more."""

from __future__ import annotations

from collections.abc import Sequence

from connector_wemalo.settings import WemaloSettings


def setup_steps(settings: WemaloSettings, language: str) -> Sequence[str]:
    """Returns the steps, with the product group that the settings name."""
    if language == "de":
        return (
            "Legen Sie für den Händler in Wemalo Connect ein Konto an und geben Sie dessen Token weiter, ohne das Wort "
            "JWT.",
            "Tragen Sie bei jedem Versandprofil als Referenz (matchId) genau den Namen ein, den das Versandprodukt im "
            "Shop hat; eine Bestellung ohne passendes Profil geht hinaus, wie Wemalo es vorsieht.",
            f"Neue Artikel kommen in die Artikelgruppe „{settings.product_group}“; Maße werden nur beim Anlegen "
            "übernommen, also messen Sie bei Bedarf in Wemalo nach.",
            "Prüfen Sie vor dem ersten Lauf den Bestand: Er wird in den Shop übernommen. Es zählt nur erste Wahl; "
            "reservierte und gesperrte Stücke zählen nicht.",
        )
    return (
        "Make an account for the merchant in Wemalo Connect, and pass on its token, without the word JWT.",
        "Give every dispatcher profile as its reference (matchId) exactly the name that the shipping product has in "
        "the shop; an order without a matching profile ships as Wemalo decides.",
        f'New products come into the product group "{settings.product_group}"; dimensions are taken over only with '
        "a new product, so correct them in Wemalo where needed.",
        "Check the stock before the first run: it is taken over into the shop. Only first choice counts; reserved "
        "and blocked pieces don't.",
    )
