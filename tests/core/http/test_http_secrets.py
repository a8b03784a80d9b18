import asyncio
import base64
import traceback

import pytest

from connector.errors import CallRefused, ConfigurationError, ConnectorError, TransientError
from connector.secret import Personal, Secret
from tests.core.http.world import PASSWORD, READ, TOKEN, WRITE, Products, World, says
from tests.logged import Logged

BASIC = base64.b64encode(f"erika:{PASSWORD}".encode()).decode()
ECHO = f"no: JWT {TOKEN}, {TOKEN}, erika:{PASSWORD}, Basic {BASIC}"


def talkative(*answers: object) -> World:
    """A service that holds all kinds of credentials."""
    return World(*answers, basic_auth=("erika", Secret(PASSWORD)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answer",
    [
        says(401, {"message": ECHO}),
        says(400, ECHO),
        says(500, ECHO),
        says(404, f"<html><title>{ECHO}</title>"),
        says(200, f"<html><title>{ECHO}</title>"),
        says(302, Location=f"https://erika:{PASSWORD}@example.com/?token={TOKEN}"),
        says(302, Location=f"https://{TOKEN}.example.com/"),
        says(400, "x" * 190 + TOKEN),  # cut where the token stands
        says(400, f"x{TOKEN}" * 400),  # so much of it that most is not even looked at
        TimeoutError(TOKEN),
        ConnectionResetError(TOKEN),
        ConnectionRefusedError(),
    ],
)
@pytest.mark.parametrize("endpoint", [READ, WRITE])
def test_C4_no_error_shows_a_credential_not_even_in_its_causes(answer: object, endpoint: object) -> None:
    with pytest.raises(ConnectorError, match="shop") as caught:
        asyncio.run(talkative(answer).call(endpoint, Products, body={}))  # type: ignore[arg-type]
    shown = "".join(traceback.format_exception(caught.value))
    secrets = (TOKEN, TOKEN.lower(), TOKEN[:8], PASSWORD, BASIC)
    assert not [secret for secret in secrets if secret in shown]
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_C4_no_error_shows_the_header_of_a_single_call() -> None:
    own = {"X-Session": Secret("s3ss10n-0f-erika")}
    with pytest.raises(ConnectorError, match=r"no: Session \*\*\*") as caught:
        asyncio.run(World(says(400, "no: Session s3ss10n-0f-erika")).call(READ, Products, headers=own))
    assert "s3ss10n" not in str(caught.value)


class Receiver(Personal):
    name: str
    city: str


def test_a_customer_whom_the_service_names_is_kept_out_of_the_error() -> None:
    said = {"message": "no such street in HAMBURG, Erika Musterfrau (order 1001)"}
    body = {"order": "1001", "receivers": [Receiver("Erika Musterfrau", "Hamburg")]}
    with pytest.raises(CallRefused, match=r"no such street in \*\*\*, \*\*\* \(order 1001\)$"):
        asyncio.run(World(says(400, said)).call(WRITE, Products, body=body))


def test_C4_no_error_shows_a_secret_that_went_out_in_a_body() -> None:
    world = World(says(400, f"no: {PASSWORD}"), secrets=(Secret(PASSWORD),))
    with pytest.raises(ConnectorError, match=r"no: \*\*\*"):
        asyncio.run(world.call(WRITE, Products, body={"password": PASSWORD}))


def test_C4_no_log_line_shows_a_header_a_query_or_a_body(logged: Logged) -> None:
    world = talkative(says(503, ECHO), says(body={"Data": [4711]}))
    query = [("email", "max@example.com")]
    asyncio.run(world.call(READ, Products, query=query, body={"name": "Mustermann"}))
    call = {"level": "debug", "event": "call", "endpoint": "shop GET /products", "duration": 0.0}
    again = {"event": "call is repeated", "endpoint": "shop GET /products", "cause": "TransientError"}
    assert logged.of("connector.http") == [
        {**call, "status": 503, "attempt": 1},
        {"level": "info", **again, "attempt": 2, "wait": 0.6},
        {**call, "status": 200, "attempt": 2},
    ]
    assert {line["logger"] for line in logged.lines} <= {"connector.http", "asyncio"}


@pytest.mark.parametrize("value", ["abc\r\nX-Evil: 1", "schlüssel", "tab\tbed"])
def test_C4_a_credential_that_can_not_be_a_header_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(ConfigurationError, match="shop: the value for the header X-Key holds") as caught:
        World(headers={"X-Key": Secret(value)}).client()
    assert value not in str(caught.value)


def test_an_application_that_refuses_the_connection_is_a_passing_fault() -> None:
    with pytest.raises(TransientError, match="shop GET /products could not be sent: "):
        asyncio.run(World(ConnectionRefusedError()).call(READ, Products))
