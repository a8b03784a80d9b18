"""What the embedded default can do without: the packages of the extras `postgres` and `cluster`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTRAS = ("psycopg", "psycopg_pool", "procrastinate")
WITHOUT = """
import sys
from connector.cli import main

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
main({arguments!r})
"""


def without(missing: tuple[str, ...], url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `connector` where these packages are not installed."""
    code = WITHOUT.format(missing=set(missing), arguments=list(arguments))
    environment = {**os.environ, "CONNECTOR_STATE__URL": url}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_nothing_of_the_extras_is_loaded_for_files() -> None:
    code = (
        "import sys, connector.cli.run, connector.cli.status, connector.cli.worker, connector.cli.state\n"
        f"print(sorted(set({EXTRAS!r}) & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# what is not installed, what is called, the advice
MISSING = [
    (EXTRAS, ("status",), "pip install 'connector-framework[postgres]'"),
    (("procrastinate",), ("worker",), "pip install 'connector-framework[cluster]'"),
]


@pytest.mark.parametrize(("missing", "call", "advice"), MISSING, ids=["status", "worker"])
def test_an_extra_that_is_missing_is_named_with_the_way_to_install_it(
    missing: tuple[str, ...], call: tuple[str, ...], advice: str
) -> None:
    done = without(missing, "postgresql://connector@127.0.0.1:1/connector", "--config", "config", *call)
    assert done.returncode == 2
    assert advice in done.stderr
