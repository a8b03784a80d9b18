"""The pages of clients: what they say of real runs, and that nothing on them is taken for HTML."""

from __future__ import annotations

import re

import pytest

from connector.problems import Ledger
from connector.state import ClientState
from connector.web.shown import PAGE_SIZE
from connector_sandbox.seed import ean13
from tests.core.web.office import Office

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'


def text_of(html: str) -> str:
    """What a person reads: without tags, blanks as one."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_list_tells_how_each_client_is(office: Office) -> None:
    office.stock_the_shop(2)
    office.world.shop.add_order([(office.world.shop.product_with_sku("SKU-1"), 1)], to={"Zip": ""})
    report = office.world.run()
    row = text_of(office.page().get("/").text.partition("<tbody")[2])
    assert "acme" in row
    assert "Completed" in row
    assert "1 error" in row
    assert " 1 " in row  # the order that waits
    assert f" {sum(report.calls.values())} " in row


def charged(office: Office, client: str, calls: int, key: str) -> None:
    """Lets a client have called Billbee so often since the beginning of the month, with this key."""
    tariff = {"key": key, "free_calls": 1_000, "price": "0.5"}

    def change(_: Ledger, state: ClientState) -> None:
        state.put("calls", "2026-03", {"billbee GET /orders": calls})
        state.put("calls_since", "2026-03", "2026-03-01T00:00:00+00:00")
        state.put("tariffs", "billbee", tariff)

    office.remember(change, client)


def test_the_list_says_what_services_charge_of_all_clients_with_one_key(office: Office) -> None:
    for client, calls, key in (("acme", 1_000, "k1"), ("beta", 200, "k1"), ("calm", 3, "k2")):
        office.add(client)
        charged(office, client, calls, key)
    said = text_of(office.page().get("/").text.partition('id="bills-title"')[2])
    assert "billbee 2 clients with one key 1,200 about 24,800 by the month&#39;s end 1,000 100.00 EUR" in said
    assert "11,900.00 EUR by the month&#39;s end billbee calm 3 about 62" in said
    german = text_of(office.page().get("/?lang=de").text)
    assert "2 Mandanten mit einem Schlüssel 1.200 etwa 24.800 bis Monatsende 1.000 100,00 EUR" in german


def test_calls_are_told_with_where_they_lead(office: Office) -> None:
    charged(office, "acme", 1_500, "k1")
    page = office.page()
    assert "1,500 by its end 31,000" in text_of(page.get("/").text)
    assert "1,500 about 31,000 by the month&#39;s end" in text_of(page.get("/clients/acme").text)


def test_nothing_is_said_of_bills_and_of_what_is_to_come_before_it_is_known(office: Office) -> None:
    page = office.page()
    for path in ("/", "/clients/acme"):
        assert not re.search(r"by its end|month&#39;s end", page.get(path).text)
    assert "bills-title" not in page.get("/").text


def test_those_that_need_a_look_come_first(office: Office) -> None:
    office.add("calm")
    office.add("new")
    office.write("clients/wrong.toml", '[source]\nplugin = "bilbee"\n')
    office.stock_the_shop(1)
    office.world.run(name="calm")
    office.report()
    page = office.page()
    assert re.findall(r'href="/clients/(\w+)"', page.get("/").text) == ["wrong", "acme", "calm", "new"]
    assert "Need a look 2" in text_of(page.get("/").text)


def test_a_client_whose_settings_are_wrong_says_what_is_wrong_where(office: Office) -> None:
    office.write("clients/wrong.toml", '[source]\nplugin = "bilbee"\n')
    page = office.page()
    assert "Settings are wrong" in page.get("/").text
    for path in ("/clients/wrong", "/clients/wrong/settings"):
        assert "did you mean `billbee`?" in page.get(path).text


def test_a_client_whose_state_is_damaged_says_so_and_hides_no_other(office: Office) -> None:
    office.add("other")
    office.stock_the_shop(1)
    office.world.run()
    (office.world.state_dir / "acme.json").write_text("{")
    page = office.page()
    assert "State can&#39;t be read" in page.get("/").text
    assert "acme.json is damaged" in page.get("/clients/acme").text
    assert page.get("/clients/other").status_code == 200


def test_a_run_that_can_not_be_read_hides_neither_its_client_nor_any_other(office: Office) -> None:
    office.stock_the_shop(1)
    office.world.run()
    office.remember(lambda _, state: state.put("runs", "x", {"run_id": "x"}))
    page = office.page()
    for path in ("/", "/clients/acme"):
        assert (page.get(path).status_code, "Completed" in page.get(path).text) == (200, True)


def test_without_clients_the_page_says_how_to_set_one_up(office: Office) -> None:
    (office.config / "clients" / "acme.toml").unlink()
    answer = office.page().get("/")
    assert (answer.status_code, "there are no clients in" in answer.text) == (200, True)


def test_a_client_that_nobody_has_is_told_with_what_may_have_been_meant(office: Office) -> None:
    answer = office.page().get("/clients/acne")
    assert answer.status_code == 404
    assert "there is no client `acne`" in answer.text
    assert "did you mean `acme`?" in answer.text


def test_a_run_that_did_not_complete_is_told_with_its_reason(office: Office) -> None:
    office.stock_the_shop(1)
    office.world.run()
    office.world.sandbox.billbee.faults.add("GET /orders", "html", times=None)
    office.world.run()
    said = text_of(office.page().get("/clients/acme").text)
    assert "Not completed" in said
    assert "billbee GET /orders" in said
    assert "Last complete run: 2026-03-02 12:" in said


def test_problems_come_in_pages_of_fifty(office: Office) -> None:
    office.report(120)
    page = office.page()
    counts = [page.get(f"/clients/acme?page={n}").text.count('<li id="p-') for n in (1, 2, 3)]
    assert counts == [PAGE_SIZE, PAGE_SIZE, 20]
    assert "101 to 120 of 120" in page.get("/clients/acme?page=3").text


@pytest.mark.parametrize("asked", ["0", "-1", "99", "x", "2²", "9" * 300, "1e3", ""])
def test_a_page_that_there_is_not_is_the_nearest_one(office: Office, asked: str) -> None:
    office.report(60)
    answer = office.page().get("/clients/acme", params={"page": asked})
    assert (answer.status_code, answer.text.count('<li id="p-') in {10, PAGE_SIZE}) == (200, True)


def test_of_2000_problems_only_those_of_one_page_are_shown(office: Office) -> None:
    office.report(2_000)
    text = office.page().get("/clients/acme").text
    assert (text.count('<li id="p-'), "1 to 50 of 2,000" in text) == (PAGE_SIZE, True)
    assert len(text) < 100_000


def test_problems_can_be_narrowed_to_a_flow_and_to_closed_ones(office: Office) -> None:
    office.report(2)
    office.report(1, "product_ean_missing", "products", params={"name": "Cup", "sku": "C"})
    page = office.page()
    assert page.get("/clients/acme?flow=products").text.count('<li id="p-') == 1
    assert page.get("/clients/acme?flow=nonsense").text.count('<li id="p-') == 0
    office.remember(lambda ledger, _: ledger.settle("orders", "1"))
    assert page.get("/clients/acme").text.count('<li id="p-') == 2
    closed = page.get("/clients/acme?show=closed").text
    assert (closed.count('<li id="p-'), "closed <time" in closed) == (1, True)


def test_reasons_and_hints_come_in_the_readers_language(office: Office) -> None:
    office.report()
    page = office.page()
    german = page.get("/clients/acme", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
    assert "Die Lieferadresse ist unvollständig; es fehlt: PLZ." in german.text
    assert '<html lang="de">' in german.text
    assert german.headers["content-language"] == "de"
    assert "The delivery address is not complete; missing: zip code." in page.get("/clients/acme").text


def test_a_language_that_was_chosen_stays(office: Office) -> None:
    page = office.page()
    assert '<html lang="de">' in page.get("/?lang=de").text
    assert '<html lang="de">' in page.get("/plugins").text
    assert '<html lang="de">' in page.get("/?lang=klingon").text
    assert 'href="/clients/acme?page=2&amp;lang=en"' in page.get("/clients/acme?page=2").text


def test_what_comes_from_outside_is_never_taken_for_html(office: Office) -> None:
    shop = office.world.shop
    shop.add_product(SKU=HOSTILE, Title=HOSTILE)
    piece = shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup")
    shop.add_order([(piece, 1)], to={"Zip": ""}, OrderNumber=HOSTILE)
    office.world.run()
    office.report(
        1, "refused", params={"service": HOSTILE, "call": HOSTILE, "status": HOSTILE, "answer": HOSTILE}
    )
    page = office.page(allow_changes=True, show_personal_data=True)
    for path in ("/clients/acme", "/", f"/clients/{HOSTILE}".replace("/script", "")):
        text = page.get(path).text
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "49" not in re.findall(r"onerror=alert\(2\)&gt;(\w*)", text)
    shown = page.get("/clients/acme").text
    assert shown.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5
    assert "&gt;{{7*7}}" in shown


def test_nothing_is_read_or_made_again_while_nothing_changes(office: Office) -> None:
    office.report()
    page = office.page()
    for path in ("/", "/clients/acme"):
        first = page.get(path)
        again = page.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    office.report(2)
    assert page.get("/", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda office: office.report(3),
        lambda office: office.add("second"),
        lambda office: office.add("acme", "interval_minutes = 30\n"),
        lambda office: office.world.later(hours=1 / 60),  # it says how long ago things were
    ],
)
def test_every_change_is_seen_at_the_next_look(office: Office, change: object) -> None:
    assert callable(change)
    office.report()
    page = office.page()
    etag = page.get("/").headers["etag"]
    change(office)
    assert page.get("/", headers={"If-None-Match": etag}).status_code == 200


def test_settings_are_shown_masked_with_where_each_came_from(office: Office) -> None:
    said = text_of(office.page().get("/clients/acme/settings").text)
    assert f"source.username &#34;{office.world.sandbox.username}&#34;" in said
    assert "source.api_password *** " in said
    assert office.world.sandbox.api_password not in said
    assert "interval_minutes 60 default" in said
    assert "acme.toml" in said


def test_plugins_are_listed_with_their_settings_and_the_common_ones(office: Office) -> None:
    said = text_of(office.page().get("/plugins").text)
    assert "billbee from connector-framework" in said
    assert "Flows: Products, Orders, Cancellations, Shipments, Stock" in said
    assert "resolve_sets" in said
    assert "web.token not set default" in said


def test_no_page_asks_either_service(office: Office) -> None:
    office.stock_the_shop(1)
    office.world.run()
    office.world.clear_audit()
    page = office.page()
    for path in ("/", "/clients/acme", "/clients/acme/settings", "/plugins", "/explain", "/readyz"):
        assert page.get(path).status_code == 200
    assert office.world.calls() == 0
