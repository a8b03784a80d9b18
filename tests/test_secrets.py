"""No command shows a secret or a customer's data, at the most talkative log level and with services that echo both."""

from __future__ import annotations

import ast
import json
import os
import shutil
import ssl
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from connector import installation as installed
from connector.cli import COMMANDS, wiring
from connector.http.wire import shared_ssl_context
from connector.secret import Secret
from connector.settings import ClientBasics, CommonSettings
from connector_billbee import source
from connector_billbee.service import describe
from connector_billbee.settings import BillbeeSettings
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.servers import SandboxServers
from connector_sandbox.wemalo.warehouse import Warehouse
from connector_wemalo.settings import WemaloSettings
from tests.canaries import (
    ANSWERS,
    COMMAND_LINES,
    KEY,
    PASSWORD,
    TOKEN,
    USER,
    WITH_ANSWERS,
    EchoingSandbox,
    Installation,
    QuickClock,
    Stage,
    fill,
    listening,
    personal_in,
    secrets_in,
)


@pytest.fixture(scope="module")
def servers() -> Iterator[SandboxServers]:
    with SandboxServers(Stage(Shop(), Warehouse())) as servers:
        yield servers


@pytest.fixture
def installation(servers: SandboxServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A shop whose orders all name the same customer; pauses between retries pass at once."""
    monkeypatch.setattr(installed, "SystemClock", QuickClock)
    sandbox = EchoingSandbox(
        Shop(), Warehouse(), username=USER, api_password=PASSWORD, api_key=KEY, token=TOKEN
    )
    sandbox.billbee.habits.throttled = False
    fill(sandbox.shop)
    assert isinstance(servers.sandbox, Stage)
    servers.sandbox.play(sandbox)
    return Installation(sandbox, servers, tmp_path)


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[Request]]]:
    """Another host, and the requests that reached it."""
    heard: list[Request] = []
    with listening(heard) as port:
        yield f"http://localhost:{port}", heard


def test_every_command_is_tried() -> None:
    tried = {line.split()[0] for line in COMMAND_LINES}
    assert tried == set(COMMANDS) - {
        "web",
        "worker",
    }  # go on until they are stopped, and have tests of their own


def test_C4_no_command_shows_or_keeps_a_secret(installation: Installation) -> None:
    found = {line: secrets_in(installation.left(installation.run(line))) for line in COMMAND_LINES}
    assert {line: secrets for line, secrets in found.items() if secrets} == {}


@pytest.mark.parametrize("answer", ANSWERS)
def test_C4_no_command_shows_or_keeps_a_secret_that_a_service_echoes(
    installation: Installation, answer: str
) -> None:
    installation.run("run --once")
    installation.sandbox.answer = ANSWERS[answer]
    found = {line: secrets_in(installation.left(installation.run(line))) for line in WITH_ANSWERS}
    assert {line: secrets for line, secrets in found.items() if secrets} == {}


def test_C4_no_command_shows_or_keeps_a_secret_that_stands_in_the_answer_to_one_row(
    installation: Installation,
) -> None:
    def rows(said: dict[str, str]) -> JSONResponse:
        sent = json.loads(said["body"])
        return JSONResponse(
            [{"ErrorCode": 1, "ErrorMessage": f"no {KEY}, {PASSWORD}", "Data": None}] * len(sent)
        )

    installation.run("run --once --flow products")
    installation.sandbox.warehouse.stock_everything(9)
    installation.sandbox.answer, installation.sandbox.only = rows, "updatestockmultiple"
    left = [installation.left(installation.run(line)) for line in ("run --once --json", "problems")]
    assert all("no ***, ***" in each for each in left)
    assert [secrets_in(each) for each in left] == [[], []]


@pytest.mark.parametrize("quoted", [False, True])
def test_C4_the_traceback_of_a_bug_shows_no_secret(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, quoted: bool
) -> None:
    def buggy(row: msgspec.Raw, language: str) -> Any:
        settings = BillbeeSettings(username=USER, api_password=Secret(PASSWORD), api_key=Secret(KEY))
        header = f"Illegal header value {settings.api_key.reveal().encode()!r}" if quoted else ""
        raise RuntimeError(
            f"a bug with {settings}, {settings.api_password!r}, {describe(settings)}, {header}"
        )

    monkeypatch.setattr(source, "read_product", buggy)
    left = installation.left(installation.run("run --once --json"))
    assert "RuntimeError: a bug with" in left
    assert secrets_in(left) == []


def test_C4_a_bug_that_ends_the_program_shows_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    key = Secret(KEY)
    try:
        raise RuntimeError(f"Illegal header value {key.reveal()!r}")
    except RuntimeError as error:
        wiring.show_bug(type(error), error, error.__traceback__)
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback (most recent call last)")
    assert shown.endswith("RuntimeError: Illegal header value '***'\n")


def test_C4_a_bug_that_ends_the_program_is_shown_so(installation: Installation) -> None:
    installation.run("status")
    assert sys.excepthook is wiring.show_bug


# -- customers --------------------------------------------------------------------------------------


def test_no_command_shows_or_logs_a_customers_data(installation: Installation) -> None:
    results = {line: installation.run(line) for line in COMMAND_LINES}
    shown = {line: personal_in(result.stdout + result.stderr) for line, result in results.items()}
    assert {line: found for line, found in shown.items() if found} == {}


def test_orders_that_cannot_be_read_show_no_customers_data(installation: Installation) -> None:
    fields = (
        "ShippingAddress.FirstName",
        "ShippingAddress.Email",
        "OrderItems",
        "TotalCost",
        "State",
        "Tags",
    )
    for place, field in enumerate(fields):
        installation.sandbox.billbee.faults.add("GET /orders", "wrong_type", path=f"Data.{place}.{field}")
    shown = [installation.run(line) for line in ("run --once", "problems", "status", "run --once --json")]
    assert [personal_in(result.output + result.stderr) for result in shown] == [[]] * len(shown)


def refused(status: int, body: str) -> Callable[[dict[str, str]], Response]:
    return lambda said: HTMLResponse(body.replace("BODY", said.get("body", "")), status)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"message": "no such street: Canarystraße"}'),
        (400, "unreadable: BODY"),
        (422, "<html><title>SQLSTATE[22001]: insert into receivers values (BODY)</title>"),
        (500, "BODY"),
        (200, "BODY"),  # not the answer that was expected
    ],
)
def test_no_log_shows_the_customer_whom_a_service_names_while_it_refuses(
    installation: Installation, status: int, body: str
) -> None:
    settings = installation.folder / "config" / "clients" / "acme.toml"
    settings.write_text(f"keep_personal_data_days = 0\n{settings.read_text()}", encoding="utf-8")
    installation.sandbox.answer, installation.sandbox.only = refused(status, body), "goodsOrder/add"
    left = [
        installation.left(installation.run(line)) for line in ("run --once", "run --once --json", "problems")
    ]
    assert "1001" in left[0]
    assert personal_in(left[-1]) == []
    assert [personal_in(each.replace(installation.state(), "")) for each in left] == [[]] * 3


# -- redirects --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_takes_nothing_there(
    installation: Installation, status: int, elsewhere: tuple[str, list[Request]]
) -> None:
    url, heard = elsewhere
    installation.sandbox.answer = lambda _: RedirectResponse(f"{url}/api/v1/orders", status)
    shown = [installation.run(line) for line in ("run --once", "check", "reconcile", "explain order 1001")]
    assert heard == []
    assert [result.exit_code for result in shown] == [1, 1, 1, 1]
    assert "it redirects to the host localhost, where credentials are not sent" in shown[0].stdout


# -- files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_what_is_kept_can_be_read_by_its_owner_only(installation: Installation, umask: int) -> None:
    before = os.umask(umask)
    try:
        installation.run("run --once")
        state = installation.folder / "state"
        (state / "acme.json").write_bytes(b"{ damaged")
        installation.run("run --once")
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.iterdir()}
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert {"acme.json", "acme.lock"} < set(modes)
    assert any(name.startswith("acme.json.damaged-") for name in modes)


# -- TLS --------------------------------------------------------------------------------------------

PACKAGES: Final = ("core/connector", "plugins/connector_billbee", "plugins/connector_wemalo")
SWITCHES: Final = ("verify", "cert_reqs", "check_hostname", "verify_mode", "verify_flags")
WAYS_ROUND: Final = (
    "CERT_NONE",
    "CERT_OPTIONAL",
    "_create_unverified_context",
    "_create_default_https_context",
)


def sources() -> Iterator[ast.AST]:
    for package in PACKAGES:
        for file in (Path(__file__).parent.parent / package).rglob("*.py"):
            yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def test_the_verification_of_certificates_is_switched_off_nowhere() -> None:
    for node in sources():
        match node:
            case ast.keyword(arg=str() as name) if name in SWITCHES:
                assert ast.unparse(node) == "verify=shared_ssl_context()"
            case ast.Attribute(attr=name) | ast.Name(id=name):
                assert name not in (*SWITCHES, *WAYS_ROUND)


def test_no_setting_reaches_the_verification_of_certificates() -> None:
    words = ("verify", "tls", "ssl", "cert", "insecure", "trust")
    for settings in (BillbeeSettings, WemaloSettings, ClientBasics, CommonSettings):
        assert [name for name in settings.__struct_fields__ if any(word in name for word in words)] == []
    context = shared_ssl_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_certificate_that_nobody_vouches_for_is_refused(installation: Installation, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
    ]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    heard: list[Request] = []
    with listening(heard, ssl_keyfile=str(key), ssl_certfile=str(certificate)) as port:
        settings = installation.folder / "config" / "settings.toml"
        settings.write_text(
            f'[plugins.billbee]\nbase_url = "https://localhost:{port}/api/v1"\n', encoding="utf-8"
        )
        result = installation.run("check")
    assert "certificate verify failed" in result.stdout
    assert heard == []
