"""The sentences of `connector explain`: code → (English, German)."""

from __future__ import annotations

from typing import Final

from connector.texts import Sentences

ABOUT_BOTH: Final[Sentences] = {
    "shop_failed": (
        "The shop did not answer, so this is told without it: {reason}.",
        "Der Shop hat nicht geantwortet; das Folgende kommt deshalb ohne ihn aus: {reason}.",
    ),
    "warehouse_failed": (
        "The warehouse did not answer, so this is told without it: {reason}.",
        "Das Lager hat nicht geantwortet; das Folgende kommt deshalb ohne es aus: {reason}.",
    ),
    "shop_can_not_look_up": (
        "The connection to this shop can't look up single records.",
        "Die Anbindung dieses Shops kann einzelne Datensätze nicht nachschlagen.",
    ),
    "warehouse_can_not_look_up": (
        "The connection to this warehouse can't look up single records.",
        "Die Anbindung dieses Lagers kann einzelne Datensätze nicht nachschlagen.",
    ),
    "flow_off": (
        "The flow {flow} is switched off for this client, so nothing of it happens by itself.",
        "Der Ablauf {flow} ist für diesen Mandanten abgeschaltet; von selbst geschieht dort nichts.",
    ),
    "problem_open": (
        "Reported since {since} (runs: {count}) as problem {id}: {reason}.",
        "Seit {since} (Läufe: {count}) als Problem {id} gemeldet: {reason}.",
    ),
    "problem_known": (
        "This is reported since {since} (runs: {count}) as problem {id}.",
        "Das ist seit {since} (Läufe: {count}) als Problem {id} gemeldet.",
    ),
    "problem_outdated": (
        "Still reported since {since} as problem {id}, but no longer true; the next run closes it: {reason}.",
        "Noch seit {since} als Problem {id} gemeldet, trifft aber nicht mehr zu; der nächste Lauf schließt es: "
        "{reason}.",
    ),
    "problem_ignored": (
        "Problem {id} is ignored, because: {why}.",
        "Das Problem {id} wird übergangen, weil: {why}.",
    ),
    "problem_closed": (
        "Settled on {closed}, reported since {since}: {reason}.",
        "Erledigt am {closed}, gemeldet seit {since}: {reason}.",
    ),
    "nothing_to_do": ("Nothing needs to be done.", "Sie müssen nichts tun."),
    "try_again_later": (
        "Ask again when both sides answer; `connector check {client}` says what is wrong.",
        "Fragen Sie erneut, wenn beide Seiten antworten; `connector check {client}` sagt, was nicht stimmt.",
    ),
    "check_number": (
        "Look whether the number is spelt as in the shop; its id in the shop does as well.",
        "Prüfen Sie, ob die Nummer wie im Shop geschrieben ist; auch die ID des Shops ist möglich.",
    ),
    "check_client": (
        "Look whether it belongs to another client; `connector clients` lists them.",
        "Prüfen Sie, ob der Datensatz zu einem anderen Mandanten gehört; `connector clients` listet alle auf.",
    ),
    "check_archive": (
        "Look in the shop whether it was archived or deleted there.",
        "Prüfen Sie im Shop, ob der Datensatz dort archiviert oder gelöscht wurde.",
    ),
    "switch_flow_on": (
        "Switch the flow {flow} on in the client's settings if it is to happen by itself.",
        "Schalten Sie den Ablauf {flow} in den Einstellungen des Mandanten ein, wenn es von selbst geschehen soll.",
    ),
}

ABOUT_LACKING_PRODUCTS: Final[Sentences] = {
    "product_reported": (
        "The product {product} is not in the warehouse because: {reason}.",
        "Der Artikel {product} ist nicht im Lager, weil: {reason}.",
    ),
    "product_not_in_shop": (
        "The shop does not know the product {product} of this line any more.",
        "Der Shop kennt den Artikel {product} dieser Position nicht mehr.",
    ),
    "product_left_out": (
        "The mapping step {step} leaves the product {product} out.",
        "Der Zuordnungsschritt {step} lässt den Artikel {product} aus.",
    ),
    "product_is_set": (
        "The product {product} is a set, which is never sent itself; the mapping step resolve_sets puts its products "
        "in its place.",
        "Der Artikel {product} ist ein Set und wird nie selbst übertragen; der Zuordnungsschritt resolve_sets setzt "
        "seine Artikel an seine Stelle.",
    ),
    "product_incomplete": (
        "The digital product {product} lacks SKU or EAN, so it is not sent.",
        "Dem digitalen Artikel {product} fehlt SKU oder EAN, deshalb wird er nicht übertragen.",
    ),
    "product_goes_next_run": (
        "Nothing keeps the product {product} back: the next run sends it, and the order after it.",
        "Den Artikel {product} hält nichts auf: Der nächste Lauf überträgt ihn und danach die Bestellung.",
    ),
    "product_under_other_id": (
        "The warehouse has the SKU of the product {product}, but not under the shop's id.",
        "Das Lager hat die SKU des Artikels {product}, aber nicht unter der ID des Shops.",
    ),
    "correct_external_id": (
        "Let the warehouse enter the shop's id {product} as the external id of this product.",
        "Lassen Sie im Lager die ID des Shops, {product}, als externe ID dieses Artikels eintragen.",
    ),
    "complete_product": (
        "Enter SKU and EAN of the product {product} in the shop.",
        "Tragen Sie im Shop SKU und EAN des Artikels {product} ein.",
    ),
    "link_other_product": (
        "Assign an existing product to the line in the shop.",
        "Ordnen Sie der Position im Shop einen vorhandenen Artikel zu.",
    ),
    "check_mapping": (
        "Look at [mapping] in the settings: `connector clients show {client}`.",
        "Sehen Sie [mapping] in den Einstellungen an: `connector clients show {client}`.",
    ),
}
