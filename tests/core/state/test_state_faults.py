"""Files that can't be read, disks that can't be written: nothing is lost, and one line says what to do."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from connector.errors import StateError
from connector.state.layout import MIGRATIONS, VERSION
from tests.core.state.files import load, save, store_in
from tests.logged import Logged

DAMAGED = {
    "empty file": b"",
    "cut off": b'{"_format":{"1":{"version":1}},"orders":{"1":{"4711":"acc',
    "zeroes after a power cut": b"\0" * 64,
    "not JSON": b"hello",
    "not UTF-8": b'{"_format":{"1":{"version":1}},"orders":{"1":{"4711":"\xff"}}}',
    "too much JSON": b'{"_format":{"1":{"version":1}}}}',
    "nested without end": b'{"_format":{"1":{"version":1}},"orders":{"1":{"4711":' + b"[" * 100_000,
    "a list": b"[]",
    "no version": b'{"orders":{"1":{}}}',
    "version of a wrong type": b'{"_format":{"1":{"version":"one"}}}',
    "version that never was": b'{"_format":{"1":{"version":0}}}',
    "stream that is no table": b'{"_format":{"1":{"version":1}},"orders":[]}',
    "table of several documents": b'{"_format":{"1":{"version":1}},"orders":{"1":{},"2":{}}}',
    "table without its document": b'{"_format":{"1":{"version":1}},"orders":{}}',
}
ASIDE = "acme.json.damaged-20261123T140310Z"


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_kept_under_another_name_and_the_client_starts_afresh(
    tmp_path: Path, content: bytes, logged: Logged
) -> None:
    (tmp_path / "acme.json").write_bytes(content)

    async def run() -> str | None:
        async with await store_in(tmp_path).acquire("acme") as state:
            assert not state.stream("orders")
            state.put("orders", "4711", "accepted")
            await state.save()
            return state.recovered_from

    assert asyncio.run(run()) == str(tmp_path / ASIDE)
    assert (tmp_path / ASIDE).read_bytes() == content
    assert load(tmp_path, "acme", "orders") == {"4711": "accepted"}
    (line,) = logged.needs_a_person()
    assert (Path(line["file"]).name, Path(line["kept_as"]).name) == ("acme.json", ASIDE)


def test_a_second_damaged_file_does_not_replace_the_first(tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        (tmp_path / "acme.json").write_bytes(content)
        save(tmp_path, "acme", "orders", {})
    assert [(tmp_path / name).read_bytes() for name in (ASIDE, f"{ASIDE}-2")] == [b"first", b"second"]


def test_reading_a_damaged_file_leaves_it_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "acme.json").write_bytes(b"hello")
    with pytest.raises(
        StateError, match=r"acme\.json is damaged .* the next run of client `acme` puts it aside"
    ):
        load(tmp_path, "acme", "orders")
    assert (tmp_path / "acme.json").read_bytes() == b"hello"


def test_a_file_of_a_newer_release_is_refused_and_not_touched(tmp_path: Path) -> None:
    content = b'{"_format":{"1":{"version":2}},"orders":"kept in some other way"}'
    (tmp_path / "acme.json").write_bytes(content)
    for attempt in (save, lambda *_: load(tmp_path, "acme", "orders")):
        with pytest.raises(
            StateError, match=r"newer release \(version 2, this one knows 1\); .* Upgrade connector"
        ):
            attempt(tmp_path, "acme", "orders", {})
    assert (tmp_path / "acme.json").read_bytes() == content


def test_a_refused_file_does_not_keep_the_client_locked(tmp_path: Path) -> None:
    (tmp_path / "acme.json").write_bytes(b'{"_format":{"1":{"version":2}}}')
    with pytest.raises(StateError, match="newer release"):
        save(tmp_path, "acme", "orders", {})
    (tmp_path / "acme.json").unlink()
    save(tmp_path, "acme", "orders", {"4711": "accepted"})


def test_every_version_before_the_present_one_has_a_migration() -> None:
    assert set(MIGRATIONS) == set(range(1, VERSION))


def test_a_directory_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        StateError, match=r"file/state can't be created: Not a directory\. Check the setting state_dir"
    ):
        save(tmp_path / "file" / "state", "acme", "orders", {})


def test_a_state_that_is_a_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "acme.json").mkdir()
    with pytest.raises(StateError, match=r"acme\.json can't be read: Is a directory"):
        save(tmp_path, "acme", "orders", {})


def test_a_directory_without_write_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("this user may write to every directory")
    with pytest.raises(
        StateError, match=r"acme\.lock can't be locked: Permission denied\. Let the user who runs"
    ):
        save(tmp_path, "acme", "orders", {})


FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from connector.errors import StateError
from tests.core.state.files import store_in

async def run():
    async with await store_in(Path(sys.argv[1])).acquire("acme") as state:
        state.put("orders", "4711", "x" * 5_000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, resource.RLIM_INFINITY))
        try:
            await state.save()
        except StateError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        if sys.argv[2] == "freed":
            await state.save()

asyncio.run(run())
"""


def fill_the_disk(folder: Path, then: str) -> str:
    """Runs client `acme` on a disk that takes no file of more than 1,000 bytes; returns what was said."""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", FULL_DISK, str(folder), then]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True, timeout=60).stdout


def test_R5_a_full_disk_keeps_the_old_file_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    save(tmp_path, "acme", "orders", {"4711": "accepted"})
    said = fill_the_disk(tmp_path, then="still full")
    assert "acme.json can't be written; what it held is kept: File too large. Free space on that disk" in said
    assert load(tmp_path, "acme", "orders") == {"4711": "accepted"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme.json", "acme.lock"]


def test_what_a_full_disk_did_not_take_is_written_by_the_next_save(tmp_path: Path) -> None:
    assert "can't be written" in fill_the_disk(tmp_path, then="freed")
    assert load(tmp_path, "acme", "orders") == {"4711": "x" * 5_000}


def test_only_the_owner_may_read_states(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        save(tmp_path / "state", "acme", "orders", {"4711": "accepted"})
    finally:
        os.umask(before)
    paths = (tmp_path / "state", tmp_path / "state/acme.json", tmp_path / "state/acme.lock")
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o700, 0o600, 0o600]


def test_the_file_is_json_that_tinydb_reads_as_one_document_per_stream(tmp_path: Path) -> None:
    save(tmp_path, "acme", "orders", {"4711": "accepted"})
    content = msgspec.json.decode((tmp_path / "acme.json").read_bytes())
    assert content == {"_format": {"1": {"version": 1}}, "orders": {"1": {"4711": "accepted"}}}
