"""What an English-speaking merchant reads of each problem: code → (reason, hint what to do)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ENGLISH: Final[Mapping[str, tuple[str, str]]] = {
    # articles
    "product_sku_missing": (
        'The product "{name}" has no SKU.',
        "Enter an SKU in the shop; the product is sent in the next run.",
    ),
    "product_ean_missing": (
        'The product "{name}" (SKU {sku}) has no EAN.',
        "Enter the EAN in the shop; the product is sent in the next run.",
    ),
    "product_sku_taken": (
        "The SKU {sku} already belongs to the product {holder} in the warehouse, so it was not taken over.",
        "Give one of the two products another SKU in the shop.",
    ),
    "product_ean_taken": (
        "The EAN {ean} already belongs to the product {holder} in the warehouse, so it was not taken over.",
        "Correct the EAN of one of the two products in the shop.",
    ),
    "set_contains_itself": (
        'The set "{name}" contains itself, directly or through another set.',
        "Correct in the shop which products the set consists of.",
    ),
    "product_unreadable": (
        "The shop delivered this product in a form that can't be read: {reason}.",
        "Open and save the product in the shop; if that does not help, pass this message on to your integrator.",
    ),
    # orders
    "order_receiver_missing": (
        "The delivery address is not complete; missing: {what}.",
        "Complete the delivery address of the order in the shop; the order is sent in the next run.",
    ),
    "country_code_invalid": (
        'The country "{value}" of the delivery address is no country code of two letters.',
        "Choose the country of the delivery address in the shop again, such as DE or AT.",
    ),
    "order_product_unknown": (
        'The warehouse does not have the product "{name}" (SKU {sku}).',
        "See that the product has SKU and EAN in the shop and is not among the reported products.",
    ),
    "order_line_unlinked": (
        'The line "{name}" is not linked to a product of the shop.',
        "Assign a product to the line in the shop, or delete the line.",
    ),
    "order_quantity_fraction": (
        'The line "{name}" orders {quantity} pieces; the warehouse ships whole pieces only.',
        "Change the quantity of the line in the shop to a whole number.",
    ),
    "order_quantity_negative": (
        'The line "{name}" has the negative quantity {quantity}.',
        "Correct the quantity in the shop, or delete the line.",
    ),
    "order_nothing_to_ship": (
        "The order has nothing to ship: only digital products, coupons or lines with quantity 0.",
        "Nothing needs to be done; if goods should be shipped, check the lines of the order in the shop.",
    ),
    "order_unreadable": (
        "The shop delivered this order in a form that can't be read: {reason}.",
        "Open and save the order in the shop; if that does not help, pass this message on to your integrator.",
    ),
    "order_cancelled_in_target": (
        "The order is already cancelled in the warehouse (status {status}), so it is not sent again.",
        "Cancel the order in the shop, too, or enter it there as a new order if it should be shipped.",
    ),
    "order_change_refused": (
        "The changed order was not taken over: the warehouse is already working on it (status {status}).",
        "Call the warehouse if the parcel must be stopped; otherwise the order is shipped as it was.",
    ),
    "order_in_process": (
        "The changed order was not taken over, or not all of it: the warehouse is already working on it "
        "(status {status}).",
        "Call the warehouse if the parcel must be stopped or changed; otherwise it is shipped as it was.",
    ),
    "order_change_incomplete": (
        "The change of the order {order} stopped half-way (status in the warehouse: {status}); as far as is known, the "
        "order lacks there: {missing}.",
        "Call the warehouse at once: the order there lacks these positions and would be shipped without them.",
    ),
    "order_change_unverified": (
        "The order was offered again and was brought up to date in the warehouse, but what had been sent before is "
        "not remembered any more.",
        "Compare the positions in the warehouse with the order: lines deleted in the shop may still be there.",
    ),
    "order_emptied": (
        "The order has nothing left to ship, but it was sent to the warehouse before ({sent}) and is still there.",
        "If nothing is to be shipped, set the order to cancelled in the shop; the warehouse is told in the next run.",
    ),
    "order_cancel_refused": (
        "The warehouse did not cancel the order, since it is already working on it (status {status}).",
        "Call the warehouse if the parcel must be stopped; otherwise expect it to come back as a return.",
    ),
    "credit_order": (
        "A credit was made for the order {original}, which the warehouse has; nothing was cancelled there.",
        "If the order must not be shipped, set it to cancelled in the shop or call the warehouse.",
    ),
    # shipments and stock
    "shipment_order_unknown": (
        "The warehouse shipped the order {order}, which the shop does not know.",
        "Look whether the order was deleted in the shop; inform the customer about the parcel yourself.",
    ),
    "shipment_order_archived": (
        "The warehouse shipped the order {order}, which is archived in the shop and can't be changed there.",
        "Take the order out of the archive and enter the tracking number, or inform the customer yourself.",
    ),
    "shipment_order_cancelled": (
        "The warehouse shipped the order {order}, which is cancelled in the shop and takes no tracking number there.",
        "Give the customer the tracking number yourself, or expect the parcel to come back as a return.",
    ),
    "shipment_unreadable": (
        "The warehouse delivered this shipment in a form that can't be read: {reason}.",
        "Pass this message on to your integrator; enter the tracking number in the shop if it is urgent.",
    ),
    "stock_refused": (
        "The shop did not accept the stock {quantity} of the product {sku}: {answer}.",
        "Look whether the product is active and its stock is managed in the shop; it is tried again in each run.",
    ),
    "stock_unreadable": (
        "The warehouse delivered this stock in a form that can't be read: {reason}.",
        "Pass this message on to your integrator; the shop keeps its quantity until then.",
    ),
    "stock_zero_guard": (
        "{zeroed} of {total} products would be set to stock 0 at once; none of these zeroes was sent.",
        "Look at the stock in the warehouse. If it is right, confirm it with: connector stock confirm",
    ),
    # any record
    "refused": (
        "{service} refused {call} ({status}): {answer}.",
        "Correct what the answer names; the record is tried again in each run.",
    ),
    "refused_unclear": (
        "The record was not accepted: {answer}.",
        "Correct what the answer names; the record is tried again in each run.",
    ),
    "field_too_long": (
        "The field {field} has {length} characters; the warehouse takes {limit} at most.",
        "Shorten the field in the shop; nothing is cut off by itself.",
    ),
    "outcome_unknown": (
        "{service} gave no clear answer to {call}; it is not known whether it took effect.",
        "Nothing needs to be done: the next run looks first, so that nothing is sent twice.",
    ),
    # the run as a whole
    "credentials_refused": (
        "{service} does not accept the credentials: {reason}.",
        "Check the credentials in the settings, then start: connector check",
    ),
    "service_unreachable": (
        "{service} is out of order or can't be reached, so it was left alone: {reason}.",
        "Nothing needs to be done if it lasts for a short time only: the next run tries again. Otherwise check the "
        "address and the service.",
    ),
    "limit_reached": (
        "{service} takes no more calls at present; the rest waits for the next run.",
        "Nothing needs to be done if it happens rarely; otherwise make interval_minutes larger.",
    ),
    "answer_unusable": (
        "An answer can't be used: {reason}.",
        "It is tried again in the next run; if it stays, pass this message on to your integrator.",
    ),
    "flow_failed": (
        "The flow {flow} stopped before its end: {reason}.",
        "The rest is tried again in the next run; if it stays, follow what the reason says.",
    ),
    "time_used_up": (
        "The time of the run was used up; at least {waiting} records ({flow}) wait for the next run.",
        "Nothing needs to be done: the next run carries on there. If it happens often, make max_run_minutes larger.",
    ),
    "freshness": (
        "There was no complete run since {since}.",
        "Look at the other open problems and the log of this client; they say what holds it up.",
    ),
    "call_budget": (
        "{calls} of {budget} calls to {service} are used up this month (forecast for its end: {forecast}); charged so "
        "far: {cost}. Clients that share them: {clients}; calls of this one: {own}.",
        "Nothing stops, but further calls cost money. Make products_every_minutes or interval_minutes larger; if it "
        "may cost that, set call_budget_month.",
    ),
    "run_crashed": (
        "The run stopped because of a fault in the program: {reason}.",
        "Pass the traceback in the log on to your integrator; the next run carries on.",
    ),
    "plugin_failed": (
        "The plugin {plugin} could not do its work after the run: {reason}.",
        "Check the settings of this plugin. The run itself was not affected; it is tried again after the next run.",
    ),
    "state_recovered": (
        "The stored state was damaged and is kept as {file}; the run started afresh.",
        "Check the disk. Nothing is lost or sent twice, but this run needed more calls.",
    ),
}
