"""The client in front of the sandbox's Billbee, in memory: its strict limits and all its faults."""

import asyncio
from random import Random

import msgspec
import pytest

from connector.calls import Endpoint, Limit, Service
from connector.clock import Stop
from connector.errors import AuthenticationError, OutcomeUnknown, TransientError, UnusableAnswer
from connector.http import CallLog, HttpClient, Limits, asgi_transport
from connector.secret import Secret
from connector.testing.clock import FakeClock
from connector_sandbox.billbee.service import BillbeeService
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.control import build_app
from connector_sandbox.faults import FaultKind

PRODUCTS = Endpoint("GET", "/products")
ORDER = Endpoint("GET", "/orders/{id}", limits=(Limit(6, 60.0, per="id"),))
ADD_TAGS = Endpoint("POST", "/orders/{id}/tags")


class Listing(msgspec.Struct):
    Data: list[msgspec.Raw]


class Done(msgspec.Struct):
    ErrorCode: int


class Found(msgspec.Struct):
    Data: dict[str, msgspec.Raw]


class Billbee:
    """A shop with one order behind a throttled Billbee, and a client for it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.shop = Shop(now=self.seconds)
        self.order_id = self.shop.add_order(Tags=["wemalo"])
        self.service = BillbeeService(now=self.seconds, sleep=self.clock.sleep)
        self.service.open_account("erika", "password", "key", self.shop)
        self.counts = CallLog()

    def seconds(self) -> float:
        return self.clock.now().timestamp()

    def client(self) -> HttpClient:
        described = Service(
            name="billbee",
            base_url="https://billbee.example.com/api/v1",
            account="erika",
            headers={"X-Billbee-Api-Key": Secret("key")},
            basic_auth=("erika", Secret("password")),
            limit=Limit(2, 1.0),
        )
        return HttpClient(
            described,
            clock=self.clock,
            stop=Stop(),
            random=Random(1),
            limits=Limits(self.clock),
            counts=self.counts,
            transport=asgi_transport(build_app(self.service)),
        )

    async def read(self) -> int:
        async with self.client() as client:
            return len((await client.call(PRODUCTS, Listing)).Data)

    async def write(self) -> None:
        async with self.client() as client:
            await client.call(ADD_TAGS, Done, path={"id": self.order_id}, body={"Tags": ["x"]})


def test_R2_billbee_never_refuses_a_call_for_coming_too_early() -> None:
    billbee = Billbee()

    async def script() -> None:
        async with billbee.client() as client:
            reads = [client.call(PRODUCTS, Listing) for _ in range(12)]
            orders = [client.call(ORDER, Found, path={"id": billbee.order_id}) for _ in range(8)]
            await asyncio.gather(*reads, *orders)

    asyncio.run(script())
    assert billbee.service.violations == 0
    assert billbee.counts.counts == {"billbee GET /products": 12, "billbee GET /orders/{id}": 8}


FOR_GOOD = {FaultKind.UNAUTHORIZED, FaultKind.REFUSED, FaultKind.MISSING_FIELD}


@pytest.mark.parametrize("kind", sorted(set(FaultKind) - FOR_GOOD))
def test_R3_R4_a_read_outlives_every_fault_that_passes(kind: FaultKind) -> None:
    billbee = Billbee()
    fault = billbee.service.faults.add("GET /products", kind, path="Data")
    # The body's word for a limit is Wemalo's: a plugin's verdict has to know it, here it is an unreadable answer.
    assert asyncio.run(billbee.read()) == 0
    assert fault.hits == 1


@pytest.mark.parametrize("kind", [FaultKind.TOO_MANY, FaultKind.TOO_MANY_RETRY_AFTER, FaultKind.CALL_LIMIT])
def test_R3_a_write_that_was_refused_for_a_limit_is_sent_again(kind: FaultKind) -> None:
    billbee = Billbee()
    billbee.service.faults.add("POST *", kind, times=5)
    asyncio.run(billbee.write())
    assert billbee.counts.total == 6


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.SERVER_ERROR,
        FaultKind.BAD_GATEWAY,
        FaultKind.UNAVAILABLE,
        FaultKind.TRUNCATED,
        FaultKind.HTML_PAGE,
        FaultKind.EMPTY,
        FaultKind.WRONG_TYPE,
        FaultKind.RESET,
        FaultKind.CUT_OFF,
        FaultKind.HANG,
    ],
)
def test_R3_a_write_that_may_have_taken_effect_is_sent_once(kind: FaultKind) -> None:
    billbee = Billbee()
    billbee.service.faults.add("POST *", kind, path="ErrorCode", takes_effect=True)
    with pytest.raises(OutcomeUnknown, match=r"billbee POST /orders/\{id\}/tags.*nobody knows"):
        asyncio.run(billbee.write())
    assert billbee.counts.total == 1


@pytest.mark.parametrize(
    ("kind", "error", "message", "calls"),
    [
        (FaultKind.UNAUTHORIZED, AuthenticationError, "GET /products was answered with 401: Unauthorized", 1),
        (
            FaultKind.BAD_GATEWAY,
            TransientError,
            "answered with 502: an HTML page titled '502 Bad Gateway'",
            4,
        ),
        (
            FaultKind.HTML_PAGE,
            UnusableAnswer,
            "expected a JSON object, got an HTML page titled 'Maintenance'",
            2,
        ),
        (FaultKind.MISSING_FIELD, UnusableAnswer, r"field \$: object missing required field Data", 2),
        (FaultKind.WRONG_TYPE, UnusableAnswer, r"field \$.Data: expected array, got str", 2),
        (FaultKind.HANG, TransientError, "no answer within 60 s", 4),
    ],
)
def test_R3_R4_a_fault_that_stays_is_one_clear_problem(
    kind: FaultKind, error: type[Exception], message: str, calls: int
) -> None:
    billbee = Billbee()
    billbee.service.faults.add("GET /products", kind, times=None, path="Data")
    with pytest.raises(error, match=message):
        asyncio.run(billbee.read())
    assert billbee.counts.total == calls
