"""What the cases of the plugins say of the real systems is what the tests against them install."""

from __future__ import annotations

import json
import re
from pathlib import Path

from connector_sandbox.contract import tryton, vendure

REAL = Path(__file__).parents[2] / "real"


def test_the_vendure_that_the_case_names_is_the_one_that_is_installed() -> None:
    locked = json.loads((REAL / "vendure" / "package-lock.json").read_text(encoding="utf-8"))
    version = locked["packages"]["node_modules/@vendure/core"]["version"]
    assert vendure.REAL_TEST.system == f"Vendure {version}"


def test_the_tryton_that_the_case_names_is_the_one_that_is_installed() -> None:
    wanted = (REAL / "tryton" / "requirements.txt").read_text(encoding="utf-8")
    (version,) = re.findall(r"^trytond==(\S+)$", wanted, re.MULTILINE)
    assert tryton.REAL_TEST.system == f"Tryton {version}"
