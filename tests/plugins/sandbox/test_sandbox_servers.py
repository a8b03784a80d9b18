"""Both services over real sockets."""

import socket

import httpx
import pytest

from connector_sandbox.seed import demo_sandbox
from connector_sandbox.servers import Sandbox, SandboxServers


def _billbee(sandbox: Sandbox) -> httpx.Client:
    credentials = {"X-Billbee-Api-Key": sandbox.api_key}
    return httpx.Client(auth=(sandbox.username, sandbox.api_password), headers=credentials, timeout=5)


def test_both_services_answer_on_loopback_until_they_are_stopped() -> None:
    sandbox = demo_sandbox()
    with SandboxServers(sandbox) as servers, _billbee(sandbox) as client:
        assert servers.billbee_url.startswith("http://127.0.0.1:")
        assert servers.billbee_url.endswith("/api/v1")
        assert servers.wemalo_url.endswith("/v1")
        assert client.get(f"{servers.billbee_url}/products").json()["Paging"]["TotalRows"] == 40
        assert client.get(f"{servers.wemalo_url}/webhook").status_code == 401
        assert "Wemalo sandbox" in client.get(servers.wemalo_site).text
        url = servers.billbee_url
    with pytest.raises(httpx.ConnectError, match="refused"):
        httpx.get(url)


@pytest.mark.parametrize("takes_effect", [False, True])
def test_a_reset_cuts_the_connection(takes_effect: bool) -> None:
    sandbox = Sandbox.empty()
    order_id = sandbox.shop.add_order()
    sandbox.billbee.faults.add("POST *", "reset", takes_effect=takes_effect)
    with SandboxServers(sandbox) as servers, _billbee(sandbox) as client:
        with pytest.raises(httpx.TransportError, match=r"disconnected|reset"):
            client.post(f"{servers.billbee_url}/orders/{order_id}/tags", json={"Tags": ["x"]})
        assert len(sandbox.shop.written()) == takes_effect
        assert client.get(f"{servers.billbee_url}/orders").status_code == 200


def test_an_answer_is_cut_off_and_another_hangs() -> None:
    sandbox = Sandbox.empty()
    sandbox.billbee.faults.add("GET /products", "cut_off")
    sandbox.billbee.faults.add("GET /orders", "hang")
    with SandboxServers(sandbox) as servers, _billbee(sandbox) as client:
        with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
            client.get(f"{servers.billbee_url}/products")
        with pytest.raises(httpx.ReadTimeout, match="timed out"):
            client.get(f"{servers.billbee_url}/orders", timeout=0.05)


def test_a_port_can_be_chosen_and_a_taken_one_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        servers = SandboxServers(Sandbox.empty(), billbee_port=port)
        with pytest.raises(OSError, match=rf"port {port} of 127.0.0.1: Address already in use; take another"):
            servers.start()
