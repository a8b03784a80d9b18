"""Known vulnerabilities in what is locked: `python -m tests.audit`. Where nothing can be asked, it says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.lock import LOCK

LONGEST_S: Final = 120


def found(lock: Path = LOCK) -> list[dict[str, Any]] | None:
    """Asks pip-audit about each locked version; None where it could not ask."""
    with TemporaryDirectory() as folder:
        answer = Path(folder) / "audit.json"
        options = ["--disable-pip", "--no-deps", "--progress-spinner", "off", "--timeout", "5"]
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            *options,
            "-r",
            str(lock),
            "-f",
            "json",
            "-o",
            str(answer),
        ]
        try:
            subprocess.run(command, check=False, capture_output=True, timeout=LONGEST_S)
            packages: list[dict[str, Any]] = json.loads(answer.read_text(encoding="utf-8"))["dependencies"]
        except (subprocess.TimeoutExpired, FileNotFoundError):
            return None
    return packages


def verdict(packages: list[dict[str, Any]] | None) -> tuple[list[str], int]:
    """Returns what there is to say, and the exit code: 1 where a locked version is vulnerable."""
    asked = [package for package in packages or () if "skip_reason" not in package]
    if not asked:
        return ["audit: skipped, what is known of vulnerabilities can't be reached from here"], 0
    bad = [f"{each['name']} {each['version']}: {_ids(each)}" for each in asked if each["vulns"]]
    unknown = [package["name"] for package in packages or () if "skip_reason" in package]
    left_out = [f"not asked about: {', '.join(unknown)}"] if unknown else []
    return [*bad, *left_out, f"audit: {len(asked)} packages, {len(bad)} of them vulnerable"], int(bool(bad))


def _ids(package: dict[str, Any]) -> str:
    return ", ".join(
        f"{each['id']} (mended in {', '.join(each['fix_versions']) or 'no version'})"
        for each in package["vulns"]
    )


if __name__ == "__main__":
    lines, code = verdict(found())
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.exit(code)
