"""The files for several machines: by their schemas, and by what the command line really takes."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml  # type: ignore[import-untyped]
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from connector.cli import main
from connector.settings import CommonSettings, describe
from tests.docs import README

DEPLOY = README.parent / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return loaded


def resources() -> list[dict[str, Any]]:
    return [each for file in KUBERNETES for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def containers() -> list[dict[str, Any]]:
    pods = [each["spec"]["template"]["spec"] for each in resources() if each["kind"] == "Deployment"]
    return [each for pod in pods for each in (*pod.get("initContainers", ()), *pod["containers"])]


def calls() -> list[list[str]]:
    """What the containers are told to run."""
    services = compose()["services"].values()
    of_compose = [each["command"] for each in services if each["image"] == "connector"]
    return of_compose + [each["args"] for each in containers()]


def test_the_compose_file_fits_its_schema() -> None:
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(compose())


@pytest.mark.parametrize(
    "resource", resources(), ids=lambda each: f"{each['kind']} {each['metadata']['name']}"
)
def test_every_resource_fits_the_schema_of_kubernetes(resource: dict[str, Any]) -> None:
    kubernetes_validate.validate(resource, "1.30", strict=True)


@pytest.mark.parametrize("call", calls(), ids=" ".join)
def test_what_containers_run_is_what_the_command_line_takes(call: list[str]) -> None:
    name, *options = call
    with click.Context(main) as ctx:
        command = main.get_command(ctx, name)
        assert command is not None
        command.make_context(name, options, parent=ctx)


@pytest.mark.parametrize("file", [COMPOSE, *KUBERNETES], ids=lambda file: file.name)
def test_every_variable_is_a_setting(file: Path) -> None:
    known = {each.name.upper().replace(".", "__") for each in describe(CommonSettings)} | {"WEB__TOKEN"}
    used = set(re.findall(r"CONNECTOR_([A-Z_]+[A-Z])", file.read_text(encoding="utf-8")))
    assert {name for name in used if not name.startswith(("PLUGINS__", "CLIENTS__"))} <= known


def test_every_container_of_ours_has_a_probe_no_rights_and_a_limit() -> None:
    for container in containers():
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"]
        assert not security["allowPrivilegeEscalation"]
        assert "memory" in container["resources"]["limits"]
        assert container["name"] == "migrate" or "livenessProbe" in container


def test_no_secret_stands_in_the_files() -> None:
    for file in (COMPOSE, *KUBERNETES):
        text = file.read_text(encoding="utf-8")
        addresses = re.findall(r"postgresql://[^@\s]+@", text)
        assert all(":" not in address[13:] or ":PASSWORD@" in address for address in addresses)


def test_a_worker_has_longer_to_end_than_it_needs() -> None:
    assert compose()["services"]["worker"]["stop_grace_period"] == "30s"
    workers = [each for each in resources() if each["metadata"]["name"] == "connector-worker"]
    assert workers[0]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 30
