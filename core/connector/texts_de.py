"""What a German-speaking merchant reads of each problem: code → (reason, hint what to do)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

GERMAN: Final[Mapping[str, tuple[str, str]]] = {
    # articles
    "product_sku_missing": (
        "Der Artikel „{name}“ hat keine Artikelnummer (SKU).",
        "Tragen Sie im Shop eine SKU ein; der Artikel wird beim nächsten Lauf übertragen.",
    ),
    "product_ean_missing": (
        "Der Artikel „{name}“ (SKU {sku}) hat keine EAN.",
        "Tragen Sie im Shop die EAN ein; der Artikel wird beim nächsten Lauf übertragen.",
    ),
    "product_sku_taken": (
        "Die SKU {sku} gehört im Lager schon zum Artikel {holder} und wurde deshalb nicht übernommen.",
        "Geben Sie einem der beiden Artikel im Shop eine andere SKU.",
    ),
    "product_ean_taken": (
        "Die EAN {ean} gehört im Lager schon zum Artikel {holder} und wurde deshalb nicht übernommen.",
        "Berichtigen Sie im Shop die EAN eines der beiden Artikel.",
    ),
    "set_contains_itself": (
        "Das Set „{name}“ enthält sich selbst, direkt oder über ein anderes Set.",
        "Berichtigen Sie im Shop, aus welchen Artikeln das Set besteht.",
    ),
    "product_unreadable": (
        "Der Shop hat diesen Artikel in unlesbarer Form geliefert: {reason}.",
        "Öffnen und speichern Sie den Artikel im Shop; hilft das nicht, geben Sie diese Meldung an Ihren "
        "Dienstleister weiter.",
    ),
    # orders
    "order_receiver_missing": (
        "Die Lieferadresse ist unvollständig; es fehlt: {what}.",
        "Ergänzen Sie die Lieferadresse im Shop; die Bestellung wird beim nächsten Lauf übertragen.",
    ),
    "country_code_invalid": (
        "Das Land „{value}“ der Lieferadresse ist kein Länderkürzel aus zwei Buchstaben.",
        "Wählen Sie das Land der Lieferadresse im Shop neu aus, zum Beispiel DE oder AT.",
    ),
    "order_product_unknown": (
        "Das Lager kennt den Artikel „{name}“ (SKU {sku}) nicht.",
        "Prüfen Sie, ob der Artikel im Shop SKU und EAN hat und ob er selbst als Problem gemeldet ist.",
    ),
    "order_line_unlinked": (
        "Die Position „{name}“ ist mit keinem Artikel des Shops verknüpft.",
        "Ordnen Sie der Position im Shop einen Artikel zu oder löschen Sie die Position.",
    ),
    "order_quantity_fraction": (
        "Die Position „{name}“ hat die Menge {quantity}; das Lager verschickt nur ganze Stücke.",
        "Ändern Sie die Menge der Position im Shop auf eine ganze Zahl.",
    ),
    "order_quantity_negative": (
        "Die Position „{name}“ hat die negative Menge {quantity}.",
        "Berichtigen Sie die Menge im Shop oder löschen Sie die Position.",
    ),
    "order_nothing_to_ship": (
        "An der Bestellung ist nichts zu verschicken: nur digitale Artikel, Gutscheine oder Menge 0.",
        "Sie müssen nichts tun; soll doch Ware verschickt werden, prüfen Sie die Positionen im Shop.",
    ),
    "order_unreadable": (
        "Der Shop hat diese Bestellung in unlesbarer Form geliefert: {reason}.",
        "Öffnen und speichern Sie die Bestellung im Shop; hilft das nicht, geben Sie diese Meldung an Ihren "
        "Dienstleister weiter.",
    ),
    "order_cancelled_in_target": (
        "Die Bestellung ist im Lager schon storniert (Status {status}) und wird nicht erneut übertragen.",
        "Stornieren Sie sie auch im Shop oder legen Sie sie dort neu an, wenn sie verschickt werden soll.",
    ),
    "order_change_refused": (
        "Die Änderung der Bestellung wurde nicht übernommen: Das Lager bearbeitet sie bereits (Status {status}).",
        "Rufen Sie im Lager an, wenn das Paket aufgehalten werden muss; sonst wird wie bisher verschickt.",
    ),
    "order_in_process": (
        "Die Änderung der Bestellung wurde nicht oder nicht ganz übernommen: Das Lager bearbeitet sie bereits "
        "(Status {status}).",
        "Rufen Sie im Lager an, wenn das Paket aufgehalten oder geändert werden muss; sonst geht es so hinaus.",
    ),
    "order_change_incomplete": (
        "Die Änderung der Bestellung {order} blieb auf halbem Weg stehen (Status im Lager: {status}); soweit bekannt, "
        "fehlt dort: {missing}.",
        "Rufen Sie sofort im Lager an: Der Bestellung fehlen dort diese Positionen, sie würde ohne sie verschickt.",
    ),
    "order_change_unverified": (
        "Die Bestellung wurde erneut angeboten und im Lager auf den neuen Stand gebracht; was vorher gesendet wurde, "
        "ist aber nicht mehr bekannt.",
        "Vergleichen Sie die Positionen im Lager mit der Bestellung: im Shop gelöschte können dort noch stehen.",
    ),
    "order_emptied": (
        "An der Bestellung ist nichts mehr zu verschicken, sie wurde aber schon ans Lager gesendet ({sent}).",
        "Soll nichts verschickt werden, stornieren Sie die Bestellung im Shop; das Lager erfährt es im nächsten Lauf.",
    ),
    "order_cancel_refused": (
        "Das Lager hat die Bestellung nicht storniert, weil es sie bereits bearbeitet (Status {status}).",
        "Rufen Sie im Lager an, wenn das Paket aufgehalten werden muss; sonst rechnen Sie mit einer Retoure.",
    ),
    "credit_order": (
        "Zur Bestellung {original}, die das Lager hat, gibt es eine Gutschrift; dort wurde nichts storniert.",
        "Soll sie nicht verschickt werden, setzen Sie sie im Shop auf storniert oder rufen Sie im Lager an.",
    ),
    # shipments and stock
    "shipment_order_unknown": (
        "Das Lager hat die Bestellung {order} verschickt, die der Shop nicht kennt.",
        "Prüfen Sie, ob sie im Shop gelöscht wurde; informieren Sie den Kunden selbst über das Paket.",
    ),
    "shipment_order_archived": (
        "Das Lager hat die Bestellung {order} verschickt; im Shop ist sie archiviert und nicht änderbar.",
        "Holen Sie sie aus dem Archiv und tragen Sie die Sendungsnummer ein, oder informieren Sie den Kunden.",
    ),
    "shipment_order_cancelled": (
        "Das Lager hat die Bestellung {order} verschickt; im Shop ist sie storniert und nimmt keine Sendungsnummer an.",
        "Rechnen Sie mit einer Retoure, oder teilen Sie dem Kunden die Sendungsnummer selbst mit.",
    ),
    "shipment_unreadable": (
        "Das Lager hat diese Sendung in unlesbarer Form geliefert: {reason}.",
        "Geben Sie diese Meldung an Ihren Dienstleister weiter; in eiligen Fällen tragen Sie die "
        "Sendungsnummer selbst im Shop ein.",
    ),
    "stock_refused": (
        "Der Shop hat den Bestand {quantity} des Artikels {sku} nicht angenommen: {answer}.",
        "Prüfen Sie, ob der Artikel im Shop aktiv ist und einen Bestand führt; jeder Lauf versucht es erneut.",
    ),
    "stock_unreadable": (
        "Das Lager hat diesen Bestand in unlesbarer Form geliefert: {reason}.",
        "Geben Sie diese Meldung an Ihren Dienstleister weiter; der Shop behält bis dahin seine Menge.",
    ),
    "stock_zero_guard": (
        "{zeroed} von {total} Artikeln würden auf einmal auf Bestand 0 gesetzt; keine Null wurde übertragen.",
        "Prüfen Sie den Bestand im Lager. Stimmt er, bestätigen Sie ihn mit: connector stock confirm",
    ),
    # any record
    "refused": (
        "{service} hat {call} abgelehnt ({status}): {answer}.",
        "Berichtigen Sie, was die Antwort nennt; jeder Lauf versucht es erneut.",
    ),
    "refused_unclear": (
        "Der Datensatz wurde nicht angenommen: {answer}.",
        "Berichtigen Sie, was die Antwort nennt; jeder Lauf versucht es erneut.",
    ),
    "field_too_long": (
        "Das Feld {field} hat {length} Zeichen; das Lager nimmt höchstens {limit} an.",
        "Kürzen Sie das Feld im Shop; von selbst wird nichts abgeschnitten.",
    ),
    "outcome_unknown": (
        "{service} hat auf {call} nicht klar geantwortet; ob es gewirkt hat, ist nicht bekannt.",
        "Sie müssen nichts tun: Der nächste Lauf sieht zuerst nach, damit nichts doppelt übertragen wird.",
    ),
    # the run as a whole
    "credentials_refused": (
        "{service} nimmt die Zugangsdaten nicht an: {reason}.",
        "Prüfen Sie die Zugangsdaten in den Einstellungen und starten Sie danach: connector check",
    ),
    "service_unreachable": (
        "{service} ist gestört oder nicht erreichbar und wurde deshalb in Ruhe gelassen: {reason}.",
        "Dauert es nur kurz, müssen Sie nichts tun: Der nächste Lauf versucht es erneut. Sonst prüfen Sie die Adresse "
        "und den Dienst.",
    ),
    "limit_reached": (
        "{service} nimmt zurzeit keine Aufrufe mehr an; der Rest wartet auf den nächsten Lauf.",
        "Kommt es selten vor, müssen Sie nichts tun; sonst vergrößern Sie interval_minutes.",
    ),
    "answer_unusable": (
        "Eine Antwort ist nicht verwendbar: {reason}.",
        "Der nächste Lauf versucht es erneut; bleibt es dabei, geben Sie diese Meldung an Ihren "
        "Dienstleister weiter.",
    ),
    "flow_failed": (
        "Der Ablauf {flow} wurde vor dem Ende abgebrochen: {reason}.",
        "Der nächste Lauf versucht den Rest erneut; bleibt es dabei, folgen Sie dem genannten Grund.",
    ),
    "time_used_up": (
        "Die Zeit des Laufs war aufgebraucht; mindestens {waiting} Datensätze ({flow}) warten auf den nächsten Lauf.",
        "Sie müssen nichts tun: Der nächste Lauf macht dort weiter. Kommt es oft vor, vergrößern Sie max_run_minutes.",
    ),
    "freshness": (
        "Seit {since} gab es keinen vollständigen Lauf mehr.",
        "Sehen Sie die anderen offenen Probleme und das Protokoll dieses Mandanten an; sie nennen die Ursache.",
    ),
    "call_budget": (
        "{calls} von {budget} Aufrufen bei {service} sind in diesem Monat verbraucht (Prognose für das Monatsende: "
        "{forecast}); bisher berechnet: {cost}. Mandanten, die sie sich teilen: {clients}; Aufrufe von diesem: {own}.",
        "Nichts hält an, aber weitere Aufrufe kosten Geld. Vergrößern Sie products_every_minutes oder "
        "interval_minutes; darf es so viel kosten, setzen Sie call_budget_month.",
    ),
    "run_crashed": (
        "Der Lauf wurde durch einen Programmfehler beendet: {reason}.",
        "Geben Sie das Fehlerprotokoll an Ihren Dienstleister weiter; der nächste Lauf macht weiter.",
    ),
    "plugin_failed": (
        "Das Plugin {plugin} konnte nach dem Lauf seine Arbeit nicht tun: {reason}.",
        "Prüfen Sie die Einstellungen dieses Plugins. Der Lauf selbst war nicht betroffen; nach dem nächsten Lauf wird "
        "es erneut versucht.",
    ),
    "state_recovered": (
        "Der gespeicherte Stand war beschädigt und liegt jetzt unter {file}; der Lauf hat neu begonnen.",
        "Prüfen Sie den Datenträger. Nichts ist verloren oder doppelt, der Lauf brauchte nur mehr Aufrufe.",
    ),
}
