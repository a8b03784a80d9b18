"""The groups of the contract tests; a plugin is graded by those that it passes."""

from __future__ import annotations

from enum import StrEnum


class Group(StrEnum):
    """What a check is about; the value is its name in markers and reports, `words` say it in a sentence."""

    SETTINGS = "settings"
    SECRETS = "secrets"
    HYGIENE = "hygiene"
    READING = "reading"
    RECORDS = "records"
    PRODUCTS = "products"
    ORDERS = "orders"
    CANCELLATIONS = "cancellations"
    SHIPMENTS = "shipments"
    STOCK = "stock"
    WRITES = "writes"
    FAULTS = "faults"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Group.SETTINGS: "settings are typed and documented, and the class fits the contract",
    Group.SECRETS: "no secret stands in an address, a log line, an error or a text",
    Group.HYGIENE: "nothing blocks, nothing is left behind, clients don't touch each other, reading only reads",
    Group.READING: "lists are read to their end, nothing comes twice, filters hold, a broken record costs itself",
    Group.RECORDS: "what is read equals what the system has: units, amounts, texts, times",
    Group.PRODUCTS: "products arrive whole and once",
    Group.ORDERS: "orders are found, created, changed and marked as they should be",
    Group.CANCELLATIONS: "orders that are taken back are told of, cancelled and marked",
    Group.SHIPMENTS: "every parcel is told of until it was acknowledged, and reaches the shop once",
    Group.STOCK: "quantities are those that can be sold, and none is lost",
    Group.WRITES: "a write may be repeated, whatever became of it, and a refused one refuses itself alone",
    Group.FAULTS: "what goes wrong is told as what it is: credentials, limits, outages, unusable answers",
}
