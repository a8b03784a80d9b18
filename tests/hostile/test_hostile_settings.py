"""Settings files of clients that nobody trusts: they run no code and read no files, whatever stands in them."""

from __future__ import annotations

import builtins
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dynaconf.utils.parse_conf import converters  # type: ignore[import-untyped]  # ships no types
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import ConfigurationError
from connector.settings import ClientSettings
from tests.core.settings.shop import ACME, KNOWN, settings_folder

CASTS = st.sampled_from(sorted(converters))
BLANKS = st.sampled_from(["", " ", "\t", "\n", "  "])
PAYLOADS = st.sampled_from(
    [
        "{env[CANARY]}",
        "{this.SECRET}",
        "{{ env.CANARY }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{% for x in [1] %}{{ x }}{% endfor %}",
        "CANARY",
        "CANARY_FILE",
        "os.system",
        "[1, 2]",
        "dynaconf_merge=true",
        "",
    ]
)
"""What dynaconf would put the environment, a file's content, or the result of an expression in the place of."""

TABLES = st.sampled_from(["source", "target", "mapping.rename"])
DIRECTIVES = (
    "dynaconf_include",
    "dynaconf_merge",
    "dynaconf_merge_unique",
    "DYNACONF_INCLUDE",
    "preload_for_dynaconf",
    "PRELOAD_FOR_DYNACONF",
    "includes_for_dynaconf",
    "LOADERS_FOR_DYNACONF",
    "validators",
    "PYTHON_HOOKS",
    "settings_file",
    "root_path",
    "load_dotenv",
    "environments",
)


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A value that stands in the environment and in a file, where no client's settings may find it."""
    file = tmp_path_factory.mktemp("elsewhere") / "canary"
    file.write_text("canary-4711", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANARY", "canary-4711")
        patch.setenv("CANARY_FILE", str(file))
        yield "canary-4711"


def resolved(folder: Path, acme: str) -> ClientSettings | str:
    """Returns the client's settings, or all that is said about its mistakes."""
    try:
        return settings_folder(folder, {"clients/acme.toml": acme}).client("acme", KNOWN).settings
    except ConfigurationError as error:
        return str(error)


def toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)


@given(data=st.data())
def test_C4_no_cast_of_dynaconf_is_ever_carried_out(
    canary: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    lead, cast, gap = data.draw(BLANKS), data.draw(CASTS), data.draw(BLANKS)
    text = lead + cast + gap + data.draw(CASTS | st.just("")) + gap + data.draw(PAYLOADS)
    acme = f"{ACME}label = {toml(text)}\n[mapping.rename]\nx = {toml(text)}\n"
    found = resolved(tmp_path_factory.mktemp("folder"), acme)
    if isinstance(found, ClientSettings):
        (rename,) = (step.setting for step in found.mapping if step.name == "rename")
        assert found.target.settings.label == rename["x"] == text
    else:
        assert canary not in found


@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_C4_every_text_is_refused_or_taken_as_it_stands(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    found = resolved(tmp_path_factory.mktemp("folder"), f"{ACME}label = {toml(text)}")
    assert not isinstance(found, ClientSettings) or found.target.settings.label == text


@given(data=st.data())
def test_C4_no_directive_of_dynaconf_makes_it_read_or_run_a_file(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("folder")
    ran = folder / "ran"
    trap = folder / "trap.py"
    trap.write_text(f"open({str(ran)!r}, 'w').close()\nLABEL = 'trapped'\n", encoding="utf-8")
    (folder / "other.toml").write_text("language = 'xx'\nlabel = 'trapped'\n", encoding="utf-8")
    key, value = (
        data.draw(st.sampled_from(DIRECTIVES)),
        data.draw(st.sampled_from([str(trap), "../other.toml"])),
    )
    table = data.draw(st.sampled_from(["", "[mapping.rename]\n"]))
    acme = f"{key} = {toml(value)}\n{ACME}" if not table else f"{ACME}{table}{key} = {toml(value)}\n"
    found = resolved(folder, acme)
    assert not ran.exists()
    assert isinstance(found, ClientSettings) == (bool(table) and not key.lower().startswith("dynaconf_"))
    assert "trapped" not in str(found)


def test_C4_reading_a_hostile_file_opens_no_other_file_and_starts_no_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    really_open = Path.read_text

    def noted(self: Path, *args: Any, **options: Any) -> str:
        opened.append(self.name)
        return really_open(self, *args, **options)

    def forbidden(*args: Any, **options: Any) -> Any:
        raise AssertionError("a settings file opened a file or started a program")

    texts = [f"{cast} /etc/hostname" for cast in sorted(converters)]
    lines = "\n".join(f"k{place} = {toml(text)}" for place, text in enumerate(texts))
    folder = settings_folder(tmp_path, {"clients/acme.toml": f"{ACME}[mapping.rename]\n{lines}\n"})
    monkeypatch.setattr(Path, "read_text", noted)
    for holder, name in ((builtins, "open"), (subprocess, "Popen"), (os, "system"), (os, "popen")):
        monkeypatch.setattr(holder, name, forbidden)
    with pytest.raises(ConfigurationError, match=f"client `acme` has {len(texts)} mistakes"):
        folder.client("acme", KNOWN)
    assert set(opened) <= {"acme.toml", "settings.toml", ".secrets.toml"}
