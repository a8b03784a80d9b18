"""All that a plugin package may import from the framework.

Everything else is internal and may change in any release.
"""

from connector.calls import Answer, Endpoint, Headers, Http, Limit, Query, Service, Tariff
from connector.contracts import Catalogue, Context, Finding, Outcome, Plugin, ProductWrite, Source, Target
from connector.daily import Daily
from connector.decoding import decode_json
from connector.errors import (
    AuthenticationError,
    CallRefused,
    ConfigurationError,
    ConnectorError,
    LimitReached,
    OutcomeUnknown,
    RecordRefused,
    TransientError,
    UnusableAnswer,
)
from connector.hookspecs import hookimpl
from connector.lifecycle import ClientNews, ClientSetup, FinishedRun, OpenProblem
from connector.records import (
    Address,
    Order,
    OrderLine,
    OrderStatus,
    PackedItem,
    Page,
    Parcel,
    Product,
    Record,
    SetPart,
    Shipment,
    ShopOrder,
    StockLevel,
    Unreadable,
    WarehouseOrder,
    Withdrawal,
    WithdrawalKind,
)
from connector.remembering import Memory
from connector.secret import Personal, Secret
from connector.webhooks import WebhookCall

__all__ = [
    "Address",
    "Answer",
    "AuthenticationError",
    "CallRefused",
    "Catalogue",
    "ClientNews",
    "ClientSetup",
    "ConfigurationError",
    "ConnectorError",
    "Context",
    "Daily",
    "Endpoint",
    "Finding",
    "FinishedRun",
    "Headers",
    "Http",
    "Limit",
    "LimitReached",
    "Memory",
    "OpenProblem",
    "Order",
    "OrderLine",
    "OrderStatus",
    "Outcome",
    "OutcomeUnknown",
    "PackedItem",
    "Page",
    "Parcel",
    "Personal",
    "Plugin",
    "Product",
    "ProductWrite",
    "Query",
    "Record",
    "RecordRefused",
    "Secret",
    "Service",
    "SetPart",
    "Shipment",
    "ShopOrder",
    "Source",
    "StockLevel",
    "Target",
    "Tariff",
    "TransientError",
    "Unreadable",
    "UnusableAnswer",
    "WarehouseOrder",
    "WebhookCall",
    "Withdrawal",
    "WithdrawalKind",
    "decode_json",
    "hookimpl",
]
