"""Several workers under faults, with the sandbox as witness; the whole campaign is `python -m tests.cluster`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.cluster import campaign
from tests.cluster.verdict import Seen, overlaps, runs
from tests.postgres import Server

pytestmark = pytest.mark.postgres

SHORT = campaign.Plan(
    clients=40,
    workers=3,
    lease_s=2.0,
    answer_s=0.3,
    faults=4,
    pause_s=2.0,
    kinds=("kill", "stop", "cut", "restart"),
    interval_s=8.0,
)

# A worker is stopped for long enough that another one takes its clients over, and then goes on.
STOPPED = campaign.Plan(
    clients=12,
    workers=2,
    lease_s=2.0,
    answer_s=0.6,
    faults=1,
    pause_s=0.5,
    lasts=(1.2, 1.3),
    waits_for_takeover=True,
    kinds=("stop",),
    interval_s=8.0,
)
VARIANTS = {
    "real": STOPPED,
    "no-fencing": replace(STOPPED, module=("tests.cluster.broken", "no-fencing"), patience_s=0.2),
    "queue-lock": replace(STOPPED, module=("tests.cluster.broken", "queue-lock"), patience_s=0.2),
}


@pytest.fixture(scope="module")
def stopped(postgres: Server, template: str) -> dict[str, campaign.Result]:
    """The same fault with each variant of the workers, side by side: they wait for most of the time."""

    def run(plan: campaign.Plan) -> campaign.Result:
        with postgres.database(template) as url:
            return campaign.run(postgres, url, 1, plan)

    with ThreadPoolExecutor() as pool:
        return dict(zip(VARIANTS, pool.map(run, VARIANTS.values()), strict=True))


def call(at: float, worker: int, *, begins: bool = False, client: str = "acme") -> Seen:
    return Seen(at, client, worker, "GET /products", begins)


# what arrived, in this order; how many calls came from a second place
ARRIVED = [
    ([call(1, 0, begins=True), call(2, 0), call(3, 1, begins=True), call(4, 1)], 0),  # one after the other
    ([call(1, 0, begins=True), call(2, 1, begins=True), call(3, 0), call(4, 1)], 1),  # the first goes on
    (
        [call(1, 0, begins=True), call(2, 1, begins=True), call(3, 1), call(4, 0), call(5, 0)],
        2,
    ),  # after its end
    ([call(1, 0, begins=True), call(2, 1, begins=True, client="other"), call(3, 0)], 0),  # another client
    (
        [call(1, 0, begins=True), call(2, 0, begins=True), call(3, 0)],
        0,
    ),  # a run without a memory begins twice
]


@pytest.mark.parametrize(("arrived", "late"), ARRIVED)
def test_a_call_after_the_beginning_of_a_later_run_is_found(arrived: list[Seen], late: int) -> None:
    assert len(overlaps(arrived)) == late


def test_runs_are_counted_by_client() -> None:
    assert runs([call(1, 0, begins=True), call(2, 0), call(3, 1, begins=True)]) == {"acme": 2}


@pytest.mark.cluster
def test_C3_O3_whatever_happens_no_client_is_in_two_places_and_no_order_is_lost_or_doubled(
    postgres: Server, database: str
) -> None:
    result = campaign.run(postgres, database, 1, SHORT)
    assert result.failed == []
    assert result.runs >= 2 * SHORT.clients
    assert result.taken_over >= 1


@pytest.mark.cluster
def test_C3_a_worker_that_was_stopped_for_longer_than_its_leases_does_nothing_more(
    stopped: dict[str, campaign.Result],
) -> None:
    assert stopped["real"].failed == []
    assert stopped["real"].taken_over >= 1


@pytest.mark.cluster
@pytest.mark.parametrize("variant", ["no-fencing", "queue-lock"])
def test_the_same_fault_is_noticed_where_workers_are_broken(
    stopped: dict[str, campaign.Result], variant: str
) -> None:
    assert any("after worker" in line for line in stopped[variant].failed), stopped[variant]
