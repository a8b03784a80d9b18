"""The sentences of `connector reconcile`: code → (English, German)."""

from __future__ import annotations

from typing import Final

from connector.texts import Sentences

_WHAT: Final[Sentences] = {
    "missing_in_warehouse": (
        "The shop marks the order as received, and the warehouse does not have it.",
        "Der Shop markiert die Bestellung als erhalten, und das Lager hat sie nicht.",
    ),
    "cancelled_in_warehouse": (
        "The warehouse has cancelled the order, and the shop waits for it to be shipped.",
        "Das Lager hat die Bestellung storniert, und der Shop wartet auf ihren Versand.",
    ),
    "not_cancelled_in_warehouse": (
        "The shop has cancelled the order, and the warehouse has not (status {status}).",
        "Der Shop hat die Bestellung storniert, das Lager nicht (Status {status}).",
    ),
    "not_marked_in_shop": (
        "The warehouse has the order, and the shop does not mark it as received.",
        "Das Lager hat die Bestellung, und der Shop markiert sie nicht als erhalten.",
    ),
    "not_shipped_in_shop": (
        "The warehouse has handed parcels of the order to the carrier; the shop lacks: {lacking}.",
        "Das Lager hat Pakete der Bestellung verschickt; dem Shop fehlt: {lacking}.",
    ),
    "stock_differs": (
        "The warehouse can sell {warehouse} pieces, the shop shows {shop}.",
        "Das Lager kann {warehouse} Stück verkaufen, der Shop zeigt {shop}.",
    ),
    "state_shipped": ("the state shipped", "der Zustand versendet"),
}

_WHY: Final[Sentences] = {
    "problem": ("{reason} (problem {id}).", "{reason} (Problem {id})."),
    "never_sent": (
        "Nothing is remembered of sending it; somebody may have set the mark by hand.",
        "Von einer Übertragung ist nichts gemerkt; vielleicht hat jemand die Markierung von Hand gesetzt.",
    ),
    "removed_in_warehouse": (
        "It was sent on {at}; somebody may have removed it in the warehouse.",
        "Sie wurde am {at} gesendet; vielleicht hat sie jemand im Lager entfernt.",
    ),
    "cancelled_in_shop": (
        "The shop has cancelled it, and the warehouse shipped it all the same.",
        "Der Shop hat sie storniert, und das Lager hat sie trotzdem verschickt.",
    ),
    "archived_in_shop": (
        "It is archived in the shop, which takes no change of it.",
        "Sie ist im Shop archiviert, der sie nicht mehr ändern lässt.",
    ),
    "mark_lost": (
        "It was sent as it is now; setting the mark failed, or somebody removed it.",
        "Sie wurde so gesendet, wie sie jetzt ist; die Markierung misslang, oder jemand hat sie entfernt.",
    ),
    "nothing_remembered": (
        "What was sent is not remembered; the next run compares and brings the warehouse's order up to date.",
        "Was gesendet wurde, ist nicht gemerkt; der nächste Lauf gleicht die Bestellung im Lager ab.",
    ),
    "waits_for_run": (
        "No problem is reported; it waits for the next run.",
        "Ein Problem ist nicht gemeldet; es wartet auf den nächsten Lauf.",
    ),
    "guarded": (
        "It is one of many zeroes, which are held back until somebody confirms them.",
        "Es ist eine von vielen Nullen, die zurückgehalten werden, bis sie jemand bestätigt.",
    ),
    "changed_in_warehouse": (
        "The warehouse has changed it, and the shop was not told yet.",
        "Das Lager hat sie geändert, und der Shop hat das noch nicht erfahren.",
    ),
    "changed_in_shop": (
        "The shop was given this quantity and shows another one since: by sales, or changed by hand.",
        "Der Shop hat diese Menge bekommen und zeigt seither eine andere: durch Verkäufe oder von Hand geändert.",
    ),
}

_REMEDIES: Final[Sentences] = {
    "repaired": ("Repaired.", "Behoben."),
    "repaired_in_next_run": (
        "Put down for the next run, which sets it in the shop.",
        "Vorgemerkt für den nächsten Lauf, der es im Shop setzt.",
    ),
    "repair_failed": ("The repair failed: {reason}.", "Die Reparatur ist misslungen: {reason}."),
    "can_be_fixed": (
        "`connector reconcile --client {client} --fix` repairs it.",
        "`connector reconcile --client {client} --fix` behebt es.",
    ),
    "fixed_by_next_run": ("The next run does it by itself.", "Der nächste Lauf erledigt es von selbst."),
    "remove_mark": (
        "If it must be shipped, remove the mark of a received order in the shop: it is offered again then. Nothing "
        "does that by itself, since it may have been shipped in another way.",
        "Soll sie verschickt werden, entfernen Sie im Shop die Markierung einer erhaltenen Bestellung: dann wird sie "
        "wieder angeboten. Von selbst geschieht das nicht, weil sie auf anderem Weg verschickt sein kann.",
    ),
    "order_again": (
        "If it must be shipped, make a new order of it in the shop: a cancelled one does not come back.",
        "Soll sie verschickt werden, legen Sie sie im Shop neu an: eine stornierte kommt nicht zurück.",
    ),
    "call_warehouse": (
        "The next run cancels it where that is still possible; call the warehouse if the parcel must be stopped.",
        "Der nächste Lauf storniert sie, wo das noch geht; rufen Sie das Lager an, wenn das Paket bleiben muss.",
    ),
    "unarchive": (
        "Take the order out of the archive of the shop, or inform the customer yourself.",
        "Holen Sie die Bestellung im Shop aus dem Archiv, oder informieren Sie den Kunden selbst.",
    ),
    "expect_return": (
        "Look whether the parcel can be stopped; otherwise expect it to come back as a return.",
        "Prüfen Sie, ob das Paket aufzuhalten ist; sonst rechnen Sie mit einer Retoure.",
    ),
    "follow_problem": ("{hint}", "{hint}"),
    "confirm_stock": (
        "Look at the stock in the warehouse; if it is right: connector stock confirm --client {client}",
        "Prüfen Sie den Bestand im Lager; stimmt er: connector stock confirm --client {client}",
    ),
}

_NOT_COMPARED: Final[Sentences] = {
    "flow_off": (
        "Not compared: the flow {flow} is switched off for this client.",
        "Nicht verglichen: Der Ablauf {flow} ist für diesen Mandanten abgeschaltet.",
    ),
    "not_possible": (
        "Not compared ({flow}): the connection to one of the sides can't tell it.",
        "Nicht verglichen ({flow}): Die Anbindung einer der Seiten kann darüber nichts sagen.",
    ),
    "failed": (
        "Not compared to the end ({flow}): {reason}.",
        "Nicht zu Ende verglichen ({flow}): {reason}.",
    ),
    "order_failed": (
        "The order {number} could not be compared: {reason}.",
        "Die Bestellung {number} konnte nicht verglichen werden: {reason}.",
    ),
    "order_unreadable": (
        "The shop delivered the order {number} in a form that can't be read: {reason}.",
        "Der Shop hat die Bestellung {number} in unlesbarer Form geliefert: {reason}.",
    ),
}

SENTENCES: Final[Sentences] = {**_WHAT, **_WHY, **_REMEDIES, **_NOT_COMPARED}
