"""The versions with which everything is tested, in requirements.lock. `python -m tests.lock` finds them anew."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parent.parent
LOCK: Final = ROOT / "requirements.lock"
NAME: Final = "connector-framework"
EXTRAS: Final = ("dev", "audit")

# What brings the others; it is never among the requirements.
_OUTSIDE: Final = {NAME, "pip", "wheel"}
_PIN: Final = re.compile(r"([a-z0-9-]+)==([0-9][0-9a-z.+!-]*)")
_HEAD: Final = """\
# The versions with which every change is tested: pip install -c requirements.lock -e '.[dev]'
# Written by: python -m tests.lock
"""


def pins() -> dict[str, str]:
    """Returns the locked versions by name; raises ValueError for a line that is no exact version."""
    lines = [line for line in LOCK.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found = [(line, _PIN.fullmatch(line)) for line in lines]
    for line, pin in found:
        if pin is None:
            raise ValueError(f"requirements.lock: `{line}` is no exact version; run: python -m tests.lock")
    return {pin[1]: pin[2] for _, pin in found if pin}


def newest() -> dict[str, str]:
    """Asks pip for the newest versions that fit together, those that are installed here left aside."""
    wanted = f"{ROOT}[{','.join(EXTRAS)}]"
    options = ["--quiet", "--dry-run", "--ignore-installed", "--report", "-", "--editable", wanted]
    said = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options], check=True, stdout=subprocess.PIPE
    )
    found = [each["metadata"] for each in json.loads(said.stdout)["install"]]
    return {canonicalize_name(each["name"]): each["version"] for each in found}


def installed() -> dict[str, str]:
    """Returns what is installed in this environment, but for what brings the others."""
    found = {canonicalize_name(each.metadata["Name"]): each.version for each in distributions()}
    return {name: version for name, version in found.items() if name not in _OUTSIDE}


def needed() -> set[str]:
    """Returns the names of all that the framework and its extras need here, as far as it is installed."""
    return set(_needed(NAME, EXTRAS, set()))


def write(versions: Mapping[str, str]) -> None:
    """Writes the lock file."""
    lines = [f"{name}=={version}\n" for name, version in sorted(versions.items()) if name not in _OUTSIDE]
    LOCK.write_text(_HEAD + "".join(lines), encoding="utf-8")


def differences() -> list[str]:
    """Tells what is installed in another version than the locked one, or not locked at all."""
    locked = pins()
    return [
        f"{name} {version} is installed, locked is {locked.get(name, 'none')}"
        for name, version in sorted(installed().items())
        if locked.get(name) != version
    ]


def main(arguments: Sequence[str]) -> int:
    """Writes the lock file, or with --check holds it against what is installed; returns the exit code."""
    if "--check" not in arguments:
        write(newest())
        return 0
    wrong = differences()
    sys.stdout.writelines(f"{line}; run: python -m tests.lock\n" for line in wrong)
    return int(bool(wrong))


def _needed(name: str, extras: Sequence[str], seen: set[tuple[str, str]]) -> Iterator[str]:
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:  # of an extra that is not installed here
        return
    yield canonicalize_name(name)
    for extra in (*extras, ""):
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for line in lines:
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                yield from _needed(wanted.name, tuple(wanted.extras), seen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
