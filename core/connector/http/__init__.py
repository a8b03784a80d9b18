"""The one way out: rate limits, retries, error classification and decoding around httpx."""

from connector.http.addresses import check_base_url
from connector.http.call_log import CallLog, Meter, NoMeter
from connector.http.client import HttpClient
from connector.http.limits import Limits
from connector.http.retry import RetryPolicy
from connector.http.wire import Transport, asgi_transport

__all__ = [
    "CallLog",
    "HttpClient",
    "Limits",
    "Meter",
    "NoMeter",
    "RetryPolicy",
    "Transport",
    "asgi_transport",
    "check_base_url",
]
