"""What hardly ever changes in Tryton is read once a day, and again where that can help."""

from __future__ import annotations

import msgspec
import pytest

from connector.api import CallRefused, ConfigurationError, Parcel, RecordRefused
from connector.remembering import ShortMemory
from tests.plugins.tryton.bench import ORDER, PRODUCT, RECEIVER, Bench

DAILY = ("product.uom", "carrier", "country.country", "currency.currency")


def reads(bench: Bench) -> dict[str, int]:
    """Counts the reads of each list that hardly ever changes."""
    names = [name for method, name, _ in bench.fake.calls if method == "GET" and name in DAILY]
    return {name: names.count(name) for name in dict.fromkeys(names)}


def renewed(bench: Bench, model: str, field: str, value: str) -> None:
    """People delete a record that nothing names any more, and enter it again."""
    (gone,) = [each for each in bench.fake.records.all(model) if each[field] == value]
    del bench.fake.records.tables[model][gone["id"]]
    bench.fake.records.add(model, **{**gone, "id": 900})


@pytest.fixture
def lasting(bench: Bench) -> Bench:
    """A warehouse whose runs remember, and that has an order, a changed product and a parcel already."""
    bench.memory = ShortMemory()
    bench.put(msgspec.structs.replace(PRODUCT, weight_g=351))
    bench.create()
    bench.fake.ship("8001", Parcel(id="", tracking_number="A", carrier="DHL", product="DHL Paket"))
    assert bench.told()[0].parcels[0].product == "DHL Paket"
    return bench


def test_the_runs_of_a_day_read_each_list_once(lasting: Bench) -> None:
    assert reads(lasting) == {"product.uom": 1, "carrier": 1, "country.country": 1}
    lasting.fake.calls.clear()
    lasting.put(msgspec.structs.replace(PRODUCT, weight_g=352))
    lasting.create(id="8002")
    lasting.told()
    assert reads(lasting) == {}


def test_company_and_warehouse_are_read_in_each_run(lasting: Bench) -> None:
    lasting.fake.calls.clear()
    lasting.told()
    assert [name for _, name, _ in lasting.fake.calls][:2] == ["company.company", "stock.location"]


def test_S3_a_parcel_of_a_new_carrier_names_it_at_once(lasting: Bench) -> None:
    lasting.create(id="8002")
    lasting.fake.ship("8002", Parcel(id="", tracking_number="B", carrier="GLS", product="GLS Business"))
    lasting.fake.calls.clear()
    told = {each.order_id: each.parcels[0] for each in lasting.told()}
    assert (told["8002"].carrier, told["8002"].product) == ("GLS", "GLS Business")
    assert reads(lasting) == {"carrier": 1}


def test_O8_an_order_by_a_new_carrier_names_it_at_once(lasting: Bench) -> None:
    gls = lasting.fake.add_carrier("GLS Business", "GLS")
    lasting.create(id="8002", shipping_profile="GLS Business")
    assert lasting.fake.shipment("8002")["carrier"] == gls


def test_a_carrier_of_the_settings_that_was_just_entered_is_found(lasting: Bench) -> None:
    order = msgspec.structs.replace(ORDER, id="8002", shipping_profile="")
    with pytest.raises(ConfigurationError, match="there is no carrier GLS Business"):
        lasting.target(lambda target: target.create_order(order), carrier="GLS Business")
    gls = lasting.fake.add_carrier("GLS Business", "GLS")
    lasting.target(lambda target: target.create_order(order), carrier="GLS Business")
    assert lasting.fake.shipment("8002")["carrier"] == gls


def test_O8_a_country_that_was_just_entered_is_found(lasting: Bench) -> None:
    abroad = msgspec.structs.replace(RECEIVER, country_code="LI")
    with pytest.raises(RecordRefused, match="no country with the code LI"):
        lasting.create(id="8002", receiver=abroad)
    lasting.fake.records.add("country.country", code="LI", name="Liechtenstein")
    lasting.create(id="8002", receiver=abroad)
    assert lasting.find("8002") is not None


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [("carrier", "rec_name", "DHL - DHL Paket"), ("country.country", "code", "DE")],
)
def test_O8_what_was_entered_anew_today_is_used_where_tryton_refuses_the_former(
    lasting: Bench, model: str, field: str, value: str
) -> None:
    renewed(lasting, model, field, value)
    lasting.fake.calls.clear()
    lasting.create(id="8002")
    assert (lasting.find("8002") is not None, reads(lasting)[model]) == (True, 1)
    assert len(lasting.fake.shipments("8002")) == 1


def test_A2_a_unit_that_was_entered_anew_today_is_used_where_tryton_refuses_the_former(
    lasting: Bench,
) -> None:
    renewed(lasting, "product.uom", "symbol", "u")
    others = [msgspec.structs.replace(PRODUCT, id=each, sku=each, ean="") for each in ("4712", "4713")]
    assert [each.error for each in lasting.put(*others, is_new=True)] == [None, None]
    assert reads(lasting)["product.uom"] == 2


def test_a_refusal_that_has_another_cause_is_told_as_it_is(lasting: Bench) -> None:
    lasting.fake.rules.refuses.add("2026-1002")
    lasting.fake.calls.clear()
    with pytest.raises(CallRefused, match="A rule of this company forbids that"):
        lasting.create(id="8002", number="2026-1002")
    assert lasting.fake.writes().count("POST stock.shipment.out") == 2
    with pytest.raises(CallRefused):
        lasting.create(id="8002", number="2026-1002")
