"""The sentences of `connector explain order`: code → (English, German)."""

from __future__ import annotations

from typing import Final

from connector.explain.texts import ABOUT_BOTH, ABOUT_LACKING_PRODUCTS
from connector.texts import Sentences

_IN_SHOP: Final[Sentences] = {
    "order_in_shop": (
        "The shop has the order {number} (id {id}) in the state {state}; its tags: {tags}.",
        "Der Shop hat die Bestellung {number} (ID {id}) im Zustand {state}; ihre Tags: {tags}.",
    ),
    "order_in_shop_untagged": (
        "The shop has the order {number} (id {id}) in the state {state}; it has no tags.",
        "Der Shop hat die Bestellung {number} (ID {id}) im Zustand {state}; sie hat keine Tags.",
    ),
    "order_not_in_shop": (
        "The shop has no order with the number or id {number}.",
        "Der Shop hat keine Bestellung mit der Nummer oder ID {number}.",
    ),
    "order_unknown": (
        "Neither the shop nor the warehouse has an order {number}, and nothing is remembered of one.",
        "Weder der Shop noch das Lager hat eine Bestellung {number}, und auch gemerkt ist von ihr nichts.",
    ),
    "order_archived": (
        "It is archived in the shop, so nothing of it can be changed there.",
        "Sie ist im Shop archiviert; dort lässt sich an ihr nichts ändern.",
    ),
    "order_cancelled": (
        "It is cancelled or deleted in the shop.",
        "Sie ist im Shop storniert oder gelöscht.",
    ),
    "order_received": (
        "It carries the mark of an order that the warehouse has received.",
        "Sie trägt die Markierung einer Bestellung, die das Lager erhalten hat.",
    ),
    "order_held": (
        "It carries the mark of an order that can't be shipped as it is.",
        "Sie trägt die Markierung einer Bestellung, die so nicht verschickt werden kann.",
    ),
    "order_offered": (
        "It is offered to the warehouse: its state and its tags are those that the settings ask for.",
        "Sie wird dem Lager angeboten: Zustand und Tags sind die, nach denen die Einstellungen fragen.",
    ),
    "order_not_offered": (
        "It is not offered to the warehouse: its state or its tags are not those that the settings ask for, or it is "
        "a credit order.",
        "Sie wird dem Lager nicht angeboten: Zustand oder Tags sind nicht die, nach denen die Einstellungen fragen, "
        "oder sie ist eine Gutschrift.",
    ),
    "order_left_out": (
        "The mapping step {step} leaves it out.",
        "Der Zuordnungsschritt {step} lässt sie aus.",
    ),
    "order_goes_next_run": (
        "Nothing holds it back: the next run sends it to the warehouse.",
        "Nichts hält sie auf: Der nächste Lauf überträgt sie ans Lager.",
    ),
    "order_closes_next_run": (
        "The next run marks it as received without sending it.",
        "Der nächste Lauf markiert sie als erhalten, ohne sie zu übertragen.",
    ),
    "order_change_goes_next_run": (
        "The warehouse has it already: the next run brings it there to what the shop has now, and marks it.",
        "Das Lager hat sie schon: Der nächste Lauf bringt sie dort auf den Stand des Shops und markiert sie.",
    ),
    "order_mark_goes_next_run": (
        "The warehouse has it already, unchanged: the next run only marks it as received.",
        "Das Lager hat sie schon, unverändert: Der nächste Lauf markiert sie nur als erhalten.",
    ),
    "order_change_comes_too_late": (
        "The warehouse is past changing it: the next run marks the change as refused and reports it.",
        "Im Lager ist es für eine Änderung zu spät: Der nächste Lauf markiert sie als abgelehnt und meldet es.",
    ),
    "order_changed_since": (
        "The order, or a set in it, was changed in the shop after it was sent; the warehouse has the earlier form.",
        "Die Bestellung oder ein Set darin wurde im Shop geändert, nachdem sie gesendet war; das Lager hat den "
        "früheren Stand.",
    ),
}

_IN_WAREHOUSE: Final[Sentences] = {
    "sent": (
        "It was sent to the warehouse on {at}.",
        "Sie wurde am {at} ans Lager gesendet.",
    ),
    "sent_unanswered": (
        "On {at} it was sent, and nobody knows whether it arrived; the next run looks before it sends anything.",
        "Am {at} wurde sie gesendet, und ob sie ankam, ist nicht bekannt; der nächste Lauf sieht zuerst nach.",
    ),
    "change_unanswered": (
        "On {at} its change was sent, and nobody knows whether all of it arrived; the next run sends it again.",
        "Am {at} wurde ihre Änderung gesendet, und ob alles ankam, ist nicht bekannt; der nächste Lauf wiederholt sie.",
    ),
    "sent_forgotten": (
        "When it was sent is not remembered.",
        "Wann sie gesendet wurde, ist nicht gemerkt.",
    ),
    "not_sent": (
        "Nothing is remembered of sending it.",
        "Von einer Übertragung ist nichts gemerkt.",
    ),
    "warehouse_lacks": (
        "The warehouse does not have it.",
        "Das Lager hat sie nicht.",
    ),
    "warehouse_waiting": (
        "The warehouse has it and has not begun to work on it (status {status}).",
        "Das Lager hat sie und hat noch nicht mit ihr begonnen (Status {status}).",
    ),
    "warehouse_in_process": (
        "The warehouse is working on it (status {status}).",
        "Das Lager bearbeitet sie (Status {status}).",
    ),
    "warehouse_shipped": (
        "The warehouse has shipped everything of it (status {status}).",
        "Das Lager hat alles von ihr verschickt (Status {status}).",
    ),
    "warehouse_cancelled": (
        "It is cancelled in the warehouse (status {status}).",
        "Im Lager ist sie storniert (Status {status}).",
    ),
    "warehouse_reason": (
        "The warehouse gives as the reason: {what}.",
        "Das Lager nennt als Grund: {what}.",
    ),
    "received_but_lacking": (
        "That contradicts the shop's mark: the warehouse lost or removed it, or somebody set the mark by hand.",
        "Das widerspricht der Markierung im Shop: Das Lager hat sie verloren oder entfernt, oder jemand hat die "
        "Markierung von Hand gesetzt.",
    ),
    "cancel_goes_next_run": (
        "The next run cancels it in the warehouse, where that is still possible.",
        "Der nächste Lauf storniert sie im Lager, soweit das noch möglich ist.",
    ),
}

_PARCELS: Final[Sentences] = {
    "parcel_known": (
        "Parcel {parcel} went out, tracking number {tracking}; the shop has it.",
        "Paket {parcel} ging hinaus, Sendungsnummer {tracking}; der Shop hat sie.",
    ),
    "parcel_not_known": (
        "Parcel {parcel} went out, tracking number {tracking}; the shop does not have it yet.",
        "Paket {parcel} ging hinaus, Sendungsnummer {tracking}; der Shop hat sie noch nicht.",
    ),
    "parcel_sent": (
        "Parcel {parcel} went out, tracking number {tracking}.",
        "Paket {parcel} ging hinaus, Sendungsnummer {tracking}.",
    ),
    "parcel_without_number": (
        "Parcel {parcel} went out, without a tracking number.",
        "Paket {parcel} ging hinaus, ohne Sendungsnummer.",
    ),
    "parcel_packed": (
        "Parcel {parcel} is packed and not yet handed to the carrier.",
        "Paket {parcel} ist gepackt und noch nicht beim Versender.",
    ),
    "shop_shipped": ("In the shop it is set to shipped.", "Im Shop ist sie auf versendet gesetzt."),
    "shop_not_shipped": (
        "In the shop it is not set to shipped.",
        "Im Shop ist sie nicht auf versendet gesetzt.",
    ),
    "shipment_goes_next_run": (
        "The next run gives the shop what it lacks; if it stays so, start `connector reconcile --client {client}`.",
        "Der nächste Lauf gibt dem Shop, was ihm fehlt; bleibt es so, starten Sie "
        "`connector reconcile --client {client}`.",
    ),
}

_STEPS: Final[Sentences] = {
    "check_offer": (
        "Compare its state and tags with the settings, `connector clients show {client}`, and set in the shop what "
        "is missing.",
        "Vergleichen Sie Zustand und Tags mit den Einstellungen, `connector clients show {client}`, und setzen Sie im "
        "Shop, was fehlt.",
    ),
    "offer_again": (
        "Remove the mark of a received order in the shop, so that it is offered again.",
        "Entfernen Sie im Shop die Markierung einer erhaltenen Bestellung, damit sie wieder angeboten wird.",
    ),
    "call_warehouse": (
        "Call the warehouse if it must not go out as it is there.",
        "Rufen Sie im Lager an, wenn sie so nicht hinausgehen darf.",
    ),
    "settle_reason": (
        "See to what the warehouse gives as the reason; it goes on by itself then.",
        "Sorgen Sie für das, was das Lager als Grund nennt; danach geht es von selbst weiter.",
    ),
    "unarchive": (
        "Take the order out of the archive of the shop, so that it can be changed there.",
        "Holen Sie die Bestellung im Shop aus dem Archiv, damit sie dort geändert werden kann.",
    ),
}

ORDER_SENTENCES: Final[Sentences] = {
    **ABOUT_BOTH,
    **ABOUT_LACKING_PRODUCTS,
    **_IN_SHOP,
    **_IN_WAREHOUSE,
    **_PARCELS,
    **_STEPS,
}
