"""The comparison with other frameworks, without them: that ours does the job, and that another job is found out."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.peers.clocked import main
from benchmarks.peers.code import count_python, count_settings, lines_of_code
from benchmarks.peers.environments import python_with
from benchmarks.peers.jobs import PEERS
from benchmarks.peers.measure import ALL_NEW, FEW_CHANGED, KINDS, Compared, Took, bars, both_runs, check
from benchmarks.peers.sink import Sink

OURS, *OTHERS = PEERS
SHOP = {"/products": {"1", "2"}, "/orders": {"7"}}


def test_ours_posts_each_record_once_and_then_what_has_changed() -> None:
    took = both_runs(OURS, Path(sys.executable), products=120, orders=10)
    assert (took[ALL_NEW].posts, took[FEW_CHANGED].posts) == (130, 3)
    # two lists and a mark for each order
    assert (took[ALL_NEW].calls, took[FEW_CHANGED].calls) == (12, 3)
    assert min(took[ALL_NEW].cpu_s, took[ALL_NEW].wall_s, took[ALL_NEW].peak_mb) > 0


@pytest.mark.parametrize(
    ("products", "said"),
    [
        (["1", "2"], None),
        (["1"], "of /products 1 were not posted, 0 more than once, and 0 are not in the shop"),
        (["1", "2", "2"], "0 were not posted, 1 more than once, and 0 are not"),
        (["1", "2", "3"], "0 were not posted, 0 more than once, and 1 are not"),
    ],
)
def test_another_job_is_found_out(products: list[str], said: str | None) -> None:
    taken = {"/products": Counter(products), "/orders": Counter(["7"])}
    if said is None:
        check("dlt", taken, due=SHOP, known=SHOP)
        return
    with pytest.raises(RuntimeError, match=f"^dlt did another job: .*{said}"):
        check("dlt", taken, due=SHOP, known=SHOP)


def test_records_may_be_posted_again_that_have_not_changed() -> None:
    taken = {"/products": Counter(["1", "2"]), "/orders": Counter(["7"])}
    check("dlt", taken, due={"/products": {"2"}, "/orders": set()}, known=SHOP)


def test_the_sink_counts_what_it_takes() -> None:
    with Sink() as sink:
        connection = HTTPConnection(urlsplit(sink.url).netloc, timeout=10)
        for product in ("1", "2", "2"):
            connection.request("POST", "/products", f'{{"id": "{product}", "sku": "A"}}')
            assert connection.getresponse().read() == b"{}"
        connection.close()
    assert sink.taken == {"/products": {"1": 1, "2": 2}}


@pytest.mark.parametrize(
    ("ours", "fails"),
    [
        (0.8, False),  # a fifth of the best of them
        (0.81, True),
    ],
)
def test_ours_may_take_a_fifth_of_the_best_of_them_in_the_job_of_each_hour(ours: float, fails: bool) -> None:
    cpu = {"ours": ours, "dlt": 6.0, "singer-sdk": 4.0}
    took = {name: Took(cpu_s, 9.0, 50.0, 100, 3) for name, cpu_s in cpu.items()}
    all_new, hourly = bars(Compared(90, 10, dict.fromkeys(KINDS, took), {}))
    assert (hourly.name, hourly.holds) == ("peers, 1 % changed: our CPU / that of singer-sdk", not fails)
    assert all_new.most is None


def test_lines_of_code_are_those_that_have_code() -> None:
    module = '"""A module,\n\nexplained."""\n\n# why\nimport os\n\n'
    function = 'def f():\n    """What for."""\n    return (  # this\n        os,\n\n    )\n'
    assert count_python(module + function) == 5
    assert count_python('NAME = """a\n\nb"""\n') == 3
    assert count_settings("# why\n[project]\n\nname = 'a'  # that\n") == 2


def test_what_an_integrator_writes_is_there_for_each() -> None:
    assert [lines_of_code(peer.code / file for file in peer.files) > 50 for peer in PEERS] == [True] * 4
    pinned = [(peer.code / "requirements.txt").read_text(encoding="utf-8") for peer in OTHERS]
    assert [f"\n{peer.name}==" in text for peer, text in zip(OTHERS, pinned, strict=True)] == [True] * 3


def test_an_environment_is_made_once_for_each_list_of_requirements(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("# nothing\n", encoding="utf-8")
    digest = hashlib.sha256(b"# nothing\n").hexdigest()[:12]
    kept = tmp_path / f"{sys.version_info.major}.{sys.version_info.minor}-{digest}"
    kept.mkdir()
    (kept / "complete").touch()
    assert python_with(requirements, tmp_path) == kept / "bin/python"
    assert list(kept.iterdir()) == [kept / "complete"]


def test_a_part_of_a_command_line_that_fails_fails_all_of_it(tmp_path: Path) -> None:
    assert main("true | true", tmp_path / "figures") == 0
    assert main("false | true", tmp_path / "figures") == 1
