"""The demo shop's products, with the gaps and oddities of a real assortment.

Each stands under the name by which orders and tests refer to it; for most that is the SKU too.
`parts` of a set name other products here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Fields = Mapping[str, Any]

_TEA: Fields = {
    "Manufacturer": "Teekontor Beispiel",
    "VatIndex": 2,
    "TaricNumber": "09023000",
    "CountryOfOrigin": "IN",
}
_MUG: Fields = {"Weight": 340, "WeightNet": 310, "LengthCm": 12.0, "WidthCm": 9.0, "HeightCm": 10.5}
_SHIRT: Fields = {"Weight": 180, "LengthCm": 30.0, "WidthCm": 25.0, "HeightCm": 2.0, "CountryOfOrigin": "PT"}
_DIGITAL: Fields = {"IsDigital": True, "Weight": 0}


def ean13(number: int) -> str:
    """A valid EAN-13 for the running number: the digits of 4260000000000 + it, and their check digit."""
    digits = f"{426000000000 + number:012d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def _variants(color: str, english: str, french: str) -> dict[str, str]:
    return {
        "DE": f"Keramikbecher {color} 300 ml",
        "EN": f"Ceramic mug {english} 300 ml",
        "FR": f"Tasse {french} 300 ml",
    }


PRODUCTS: Mapping[str, Fields] = {
    # ordinary ones
    "TEE-EARL": {**_TEA, "Title": "Earl Grey Bio, 100 g", "Price": 6.9, "Weight": 125, "stock": 120},
    "TEE-ASSAM": {**_TEA, "Title": "Assam kräftig-würzig, 250 g", "Price": 11.5, "Weight": 280, "stock": 40},
    "TEE-KAMILLE": {**_TEA, "Title": "Kamillenblüten, 50 g", "Price": 4.2, "Weight": 70, "stock": 75},
    "TEE-FRIESE": {**_TEA, "Title": "Ostfriesenmischung, 500 g", "Price": 18.9, "Weight": 540, "stock": 22},
    "TEE-ROOIBOS": {**_TEA, "Title": "Rooibos „Weiße Düne“, 100 g", "Price": 5.4, "Weight": 125, "stock": 64},
    "KLUNTJE": {"Title": "Kandis weiß, 500 g", "Price": 3.8, "VatIndex": 2, "Weight": 520, "stock": 90},
    "KANNE-1L": {
        "Title": {"DE": "Teekanne „Föhr“, 1 l", "EN": "Teapot “Föhr”, 1 l"},
        "Description": "<p>Steingut, spülmaschinenfest.<br>Größe: 1&nbsp;l</p>",
        "Price": 34.9,
        "Weight": 980,
        "LengthCm": 24.0,
        "WidthCm": 15.0,
        "HeightCm": 16.5,
        "stock": 14,
    },
    "STOEVCHEN": {"Title": "Stövchen Messing", "Price": 24.5, "Weight": 610, "HeightCm": 8.0, "stock": 9},
    "SIEB": {"Title": "Teesieb Edelstahl Ø 7 cm", "Price": 7.95, "Weight": 45, "stock": 33},
    "LÖFFEL-6": {"Title": "Teelöffel-Set, 6 Stück", "Price": 19.9, "Weight": 210, "stock": 18},
    "DOSE-500": {"Title": "Teedose für 500 g", "Price": 8.5, "Weight": 190, "stock": 51},
    "KERZE-24": {"Title": "Teelichte, 24 Stück", "Price": 5.9, "Weight": 410, "stock": 200},
    "FILTER-100": {"Title": "Teefilter Größe M, 100 Stück", "Price": 2.95, "Weight": 80, "stock": 310},
    # variants, in several languages
    "BECHER-BLAU": {**_MUG, "Title": _variants("Blau", "blue", "bleue"), "Price": 12.9, "stock": 48},
    "BECHER-ROT": {**_MUG, "Title": _variants("Rot", "red", "rouge"), "Price": 12.9, "stock": 7},
    "BECHER-GRÜN": {**_MUG, "Title": _variants("Grün", "green", "verte"), "Price": 12.9, "stock": 0},
    "SHIRT-S": {
        **_SHIRT,
        "Title": {"DE": "T-Shirt „Moin“, S", "EN": "T-shirt “Moin”, S"},
        "Price": 22.0,
        "stock": 5,
    },
    "SHIRT-M": {
        **_SHIRT,
        "Title": {"DE": "T-Shirt „Moin“, M", "EN": "T-shirt “Moin”, M"},
        "Price": 22.0,
        "stock": 12,
    },
    "SHIRT-L": {
        **_SHIRT,
        "Title": {"DE": "T-Shirt „Moin“, L", "EN": "T-shirt “Moin”, L"},
        "Price": 22.0,
        "stock": 3,
    },
    # titles that need a second look
    "POSTER-FR": {
        "Title": {"FR": "Affiche « Marée basse »", "EN": "Poster “Low tide”"},
        "Price": 15.0,
        "stock": 20,
    },
    "KARTE": {
        "Title": {"de": "Grußkarte „Leuchtturm“", "en": "Greeting card “Lighthouse”"},
        "Price": 2.5,
        "stock": 80,
    },
    "OHNE-TITEL": {"Title": [], "Price": 1.0, "stock": 1},
    "ROMAN": {
        "Title": f"Ein Titel, der kein Ende nimmt: {'Geschichten von der Küste, ' * 10}Band 1",
        "Price": 14.0,
    },
    "EMOJI": {"Title": "Schlüsselanhänger ⚓ „Ahoi“ 🐟", "Price": 6.5, "Weight": 25, "stock": 44},
    # with gaps
    "OHNE-EAN": {
        "EAN": None,
        "Title": "Handgetöpferte Schale (Einzelstück)",
        "Price": 49.0,
        "Weight": 700,
        "stock": 1,
    },
    "OHNE-SKU": {"SKU": None, "Title": "Probierbeutel Sommertee", "Price": 1.5, "Weight": 15, "stock": 60},
    "LEERE-EAN": {"EAN": "", "Title": "Restposten Untertasse", "Price": 1.9, "Weight": 150, "stock": 11},
    "OHNE-MASSE": {"Title": "Geschenkpapier Wellen, Bogen", "Price": 1.2, "Weight": None, "stock": 130},
    # two products that carry one EAN
    "ETIKETT-ALT": {
        "EAN": ean13(900),
        "Title": "Teeetiketten (alte Auflage)",
        "Price": 3.5,
        "Weight": 30,
        "stock": 4,
    },
    "ETIKETT-NEU": {
        "EAN": ean13(900),
        "Title": "Teeetiketten (neue Auflage)",
        "Price": 3.9,
        "Weight": 30,
        "stock": 50,
    },
    # no longer sold
    "TEE-WINTER": {
        **_TEA,
        "IsDeactivated": True,
        "Title": "Wintertee 2024, 100 g",
        "Price": 6.9,
        "Weight": 125,
    },
    # digital
    "EBOOK": {**_DIGITAL, "Title": "E-Book „Teestunde“", "Price": 9.99},
    "GUTSCHEIN": {**_DIGITAL, "EAN": None, "Title": "Gutschein 25 €", "Price": 25.0},
    "KURS": {**_DIGITAL, "EAN": None, "SKU": None, "Title": "Online-Kurs Teezeremonie", "Price": 59.0},
    # sets
    "SET-PROBE": {
        "Title": "Probierset",
        "Price": 14.9,
        "parts": {"TEE-EARL": 1, "TEE-KAMILLE": 1, "FILTER-100": 1},
    },
    "SET-BECHER": {
        "Title": "Becher im Viererpack",
        "Price": 44.9,
        "parts": {"BECHER-BLAU": 2, "BECHER-ROT": 2},
    },
    "SET-GESCHENK": {
        "Title": "Geschenkset groß",
        "Price": 74.9,
        "parts": {"SET-PROBE": 1, "KANNE-1L": 1, "BECHER-BLAU": 2},
    },
    "SET-MIT-BUCH": {"Title": "Tee mit E-Book", "Price": 14.9, "parts": {"TEE-ASSAM": 1, "EBOOK": 1}},
    "SET-ENDLOS": {
        "Title": "Set, das sich selbst enthält",
        "Price": 1.0,
        "parts": {"SIEB": 1, "SET-ENDLOS": 1},
    },
    "SET-LEER": {"Title": "Set ohne Teile", "Price": 1.0, "parts": {}},
}
