"""The sentences of `connector explain product`: code → (English, German)."""

from __future__ import annotations

from typing import Final

from connector.explain.texts import ABOUT_BOTH
from connector.texts import Sentences

_IN_SHOP: Final[Sentences] = {
    "product_in_shop": (
        'The shop has the product "{name}" (id {id}) with the SKU {sku} and the EAN {ean}.',
        "Der Shop hat den Artikel „{name}“ (ID {id}) mit der SKU {sku} und der EAN {ean}.",
    ),
    "product_not_in_shop": (
        "The shop has no product with the SKU or id {number}.",
        "Der Shop hat keinen Artikel mit der SKU oder ID {number}.",
    ),
    "product_unknown": (
        "Neither the shop nor the warehouse has a product {number}, and nothing is remembered of one.",
        "Weder der Shop noch das Lager hat einen Artikel {number}, und auch gemerkt ist von ihm nichts.",
    ),
    "product_inactive": (
        "It is deactivated in the shop; the warehouse is told so.",
        "Er ist im Shop deaktiviert; das Lager erfährt es.",
    ),
    "product_digital": (
        "It is a digital product, so the warehouse never picks it.",
        "Er ist ein digitaler Artikel; das Lager verpackt ihn nie.",
    ),
    "product_digital_incomplete": (
        "It is a digital product without SKU or EAN, so it is not sent; that is not reported.",
        "Er ist ein digitaler Artikel ohne SKU oder EAN und wird nicht übertragen; das wird nicht gemeldet.",
    ),
    "product_is_set": (
        "It is a set, which is never sent itself; the products it consists of are: {parts}.",
        "Er ist ein Set und wird nie selbst übertragen, wohl aber die Artikel, aus denen es besteht: {parts}.",
    ),
    "product_left_out": (
        "The mapping step {step} leaves it out.",
        "Der Zuordnungsschritt {step} lässt ihn aus.",
    ),
    "product_goes_next_run": (
        "It is new to the warehouse: the next run sends it.",
        "Er ist für das Lager neu: Der nächste Lauf überträgt ihn.",
    ),
    "product_change_goes_next_run": (
        "It was changed since the warehouse accepted it: the next run sends the change.",
        "Er wurde geändert, seit das Lager ihn angenommen hat: Der nächste Lauf überträgt die Änderung.",
    ),
    "catalogue_not_due": (
        "The next run that reads the catalogue, that is: it is due at {at} (products_every_minutes).",
        "Gemeint ist der nächste Lauf, der den Katalog liest: Er ist um {at} fällig (products_every_minutes).",
    ),
    "product_unchanged": (
        "The warehouse has accepted it as it is now.",
        "Das Lager hat ihn so angenommen, wie er jetzt ist.",
    ),
    "product_remembered": (
        "The warehouse accepted it with the SKU {sku} and the EAN {ean}.",
        "Das Lager hat ihn mit der SKU {sku} und der EAN {ean} angenommen.",
    ),
}

_IN_WAREHOUSE: Final[Sentences] = {
    "warehouse_has": (
        "The warehouse has it with the SKU {sku} and the EAN {ean}.",
        "Das Lager hat ihn mit der SKU {sku} und der EAN {ean}.",
    ),
    "warehouse_lacks": ("The warehouse does not have it.", "Das Lager hat ihn nicht."),
    "warehouse_lost": (
        "That contradicts what is remembered: the warehouse accepted it, and it was removed there since.",
        "Das widerspricht dem, was gemerkt ist: Das Lager hat ihn angenommen, und seither wurde er dort entfernt.",
    ),
    "dimensions_differ": (
        "Its length, width or height differ in the warehouse; they are sent with a new product only.",
        "Länge, Breite oder Höhe weichen im Lager ab; sie werden nur mit einem neuen Artikel übertragen.",
    ),
    "send_again": (
        "Save the product with a change in the shop; the next run sends it, and creates it where it is missing.",
        "Speichern Sie den Artikel im Shop mit einer Änderung; der nächste Lauf überträgt ihn und legt ihn an, wenn "
        "er fehlt.",
    ),
    "correct_dimensions": (
        "Let the warehouse measure it again if its dimensions are wrong there.",
        "Lassen Sie ihn im Lager neu vermessen, wenn die Maße dort falsch sind.",
    ),
    "orders_wait": (
        "These orders wait for it: {orders}.",
        "Diese Bestellungen warten auf ihn: {orders}.",
    ),
}

_STOCK: Final[Sentences] = {
    "stock_remembered": (
        "The shop has the stock {quantity}, as far as is remembered.",
        "Der Shop hat, soweit gemerkt, den Bestand {quantity}.",
    ),
    "stock_waits": (
        "The stock {quantity} waits for being set in the shop; the next run tries it.",
        "Der Bestand {quantity} wartet darauf, im Shop gesetzt zu werden; der nächste Lauf versucht es.",
    ),
    "stock_guarded": (
        "The stock 0 is held back with many others until somebody confirms it.",
        "Der Bestand 0 wird mit vielen anderen zurückgehalten, bis ihn jemand bestätigt.",
    ),
    "stock_never_reported": (
        "The warehouse never reported a stock of it, so the shop's is never touched.",
        "Das Lager hat für ihn nie einen Bestand gemeldet; der des Shops wird deshalb nie angefasst.",
    ),
    "confirm_stock": (
        "Look at the stock in the warehouse; if it is right: connector stock confirm --client {client}",
        "Prüfen Sie den Bestand im Lager; stimmt er: connector stock confirm --client {client}",
    ),
    "check_mapping": (
        "Look at [mapping] in the settings: `connector clients show {client}`.",
        "Sehen Sie [mapping] in den Einstellungen an: `connector clients show {client}`.",
    ),
}

PRODUCT_SENTENCES: Final[Sentences] = {**ABOUT_BOTH, **_IN_SHOP, **_IN_WAREHOUSE, **_STOCK}
