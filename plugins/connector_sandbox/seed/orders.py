"""The demo shop's orders: each stands for one thing that happens in real shops.

`lines` name products of `products.py`, or give an order item's fields; `to` is the receiver; the other
fields are named as in Billbee's API. What happens after an order came in (`archived`, `storno`) is
said by `then`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector_sandbox.billbee.wire import YEAR_ONE

Fields = Mapping[str, Any]

_COUPON: Fields = {
    "IsCoupon": True,
    "TotalPrice": -5.0,
    "Product": {"Title": "Gutscheincode SOMMER5", "SKU": "SOMMER5", "Type": 1},
}
_UNLINKED: Fields = {
    "TotalPrice": 9.0,
    "Product": {"Id": "amz-1", "Title": "Alter Artikel", "SKU": "GIBT-ES-NICHT"},
}

_PACKSTATION: Fields = {
    "Street": "Packstation",
    "HouseNumber": "145",
    "Line2": "12345678",
    "Zip": "10115",
    "City": "Berlin",
}
_COMPANY: Fields = {
    "Company": "Beispiel & Söhne GmbH",
    "NameAddition": "Wareneingang Tor 3",
    "FirstName": "Max",
    "LastName": "Mustermann",
    "Street": "Industriestraße",
    "HouseNumber": "7-9",
    "Line2": "Hinterhaus",
    "Zip": "01067",
    "City": "Dresden",
    "Phone": "+49 351 0000000",
}
_USA: Fields = {
    "FirstName": "Jane",
    "LastName": "Doe",
    "Street": "Example Avenue",
    "HouseNumber": "1200",
    "Line2": "Apt 4B",
    "Zip": "94105",
    "City": "San Francisco",
    "State": "CA",
    "CountryISO2": "US",
    "Country": "United States",
    "Email": "jane.doe@example.com",
}
_AUSTRIA: Fields = {
    "Street": "Beispielgasse",
    "HouseNumber": "3/2/14",
    "Zip": "1070",
    "City": "Wien",
    "CountryISO2": "AT",
}
_LONG_NAMES: Fields = {
    "Company": f"Gesellschaft zur Förderung langer Firmennamen {'und weiterer Angelegenheiten ' * 6}mbH & Co. KG",
    "FirstName": "Maximilian-Alexander Friedrich Wilhelm",
    "LastName": "von und zu Musterhausen-Beispielsberg",
}

ORDERS: Mapping[str, Fields] = {
    "normal": {"lines": [("TEE-EARL", 1)]},
    "several_lines": {"lines": [("TEE-ASSAM", 2), ("SIEB", 1), ("KANNE-1L", 1)], "ShippingCost": 4.9},
    "with_set": {"lines": [("SET-PROBE", 2), ("KLUNTJE", 1)]},
    "nested_set": {"lines": [("SET-GESCHENK", 1)]},
    "endless_set": {"lines": [("SET-ENDLOS", 1)]},
    "digital_only": {"lines": [("EBOOK", 1), ("GUTSCHEIN", 1)]},
    "digital_and_parcel": {"lines": [("EBOOK", 1), ("DOSE-500", 1)]},
    "with_coupon": {"lines": [("BECHER-BLAU", 1), _COUPON]},
    "quantity_zero": {"lines": [("BECHER-ROT", 1), ("SHIRT-M", 0)]},
    "half_a_piece": {"lines": [("KLUNTJE", 0.5)]},
    "no_zip": {"lines": [("KARTE", 3)], "to": {"Zip": ""}},
    "unlinked_line": {"lines": [("TEE-EARL", 1), _UNLINKED]},
    "line_without_ean": {"lines": [("OHNE-EAN", 1)]},
    "packstation": {"lines": [("KERZE-24", 2)], "to": _PACKSTATION},
    "company": {"lines": [("FILTER-100", 10)], "to": _COMPANY},
    "usa": {
        "lines": [("SHIRT-L", 1)],
        "to": _USA,
        "LanguageCode": "en",
        "ShippingProfileName": "DHL Paket International",
    },
    "austria": {"lines": [("TEE-FRIESE", 1)], "to": _AUSTRIA},
    "emoji": {"lines": [("EMOJI", 1)], "to": {"FirstName": "Erika 🌊", "LastName": "Müller-Lüdenscheidt"}},
    "long_names": {"lines": [("TEE-KAMILLE", 1)], "to": _LONG_NAMES},
    "seller_comment": {
        "lines": [("STOEVCHEN", 1)],
        "SellerComment": "Bitte als Geschenk verpacken!\nKeine Rechnung.",
    },
    "shipping_profile": {
        "lines": [("TEE-ROOIBOS", 2)],
        "ShippingProfileName": "DHL Paket",
        "ShippingProfileId": "1",
    },
    "unknown_profile": {"lines": [("KARTE", 1)], "ShippingProfileName": "Eilbote", "ShippingProfileId": "99"},
    "tag_in_capitals": {"lines": [("SHIRT-S", 1)], "Tags": ["Neukunde", "WEMALO"]},
    "dates_missing": {
        "lines": [("KLUNTJE", 2)],
        "CreatedAt": YEAR_ONE,
        "ConfirmedAt": None,
        "PayedAt": YEAR_ONE,
    },
    # not for the warehouse
    "not_paid": {"lines": [("TEE-EARL", 4)], "State": 1, "PayedAt": None},
    "no_tag": {"lines": [("LÖFFEL-6", 1)], "Tags": []},
    "already_received": {"lines": [("DOSE-500", 2)], "Tags": ["wemalo", "order_received_by_wemalo"]},
    "archived": {"lines": [("KERZE-24", 1)], "then": "archive"},
    "storno": {"lines": [("BECHER-BLAU", 2)], "then": "storno"},
    "cancelled": {"lines": [("SHIRT-M", 1)], "State": 8, "Tags": ["wemalo", "order_received_by_wemalo"]},
    "deleted": {"lines": [("KARTE", 2)], "State": 6, "Tags": ["wemalo", "order_received_by_wemalo"]},
}
