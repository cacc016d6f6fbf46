"""The manifests on the page about containers: their syntax, and that what they name is there.

The tools themselves (Docker Compose, kubectl, GitHub) are not on the machine: this parses the
files, and checks the keys that they use.
"""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any

import pytest
import yaml

from storage_core.config.file import ConfigFile
from tests.docs.pages import DOCS, blocks
from tests.docs.test_pages import _commands, _parse, storage

PAGE = (DOCS / "containers.md").read_text(encoding="utf-8")
YAML = [list(yaml.safe_load_all(b.code)) for b in blocks(PAGE) if b.info == "yaml"]
COMPOSE, KUBERNETES, ACTIONS = YAML[0][0], YAML[1], YAML[2][0]


def check(command: str) -> None:
    """A command of ours that stands in a manifest can be parsed."""
    for words in _commands(command):
        _parse(storage, words, command)


@pytest.mark.parametrize(
    "text",
    [COMPOSE["configs"]["storage"]["content"], KUBERNETES[0]["data"]["storage.toml"]],
    ids=["compose", "kubernetes"],
)
def test_the_configuration_in_it_is_right(tmp_path: Path, text: str) -> None:
    (tmp_path / "storage.toml").write_text(text)
    found = ConfigFile(tmp_path / "storage.toml").load()
    assert found.problems == ()
    assert list(found) == [found.default]


def test_compose_names_what_is_there() -> None:
    assert set(COMPOSE) == {"services", "configs", "secrets"}
    for service in COMPOSE["services"].values():
        known = {"image", "init", "read_only", "user", "environment", "tmpfs", "configs", "secrets"}
        assert set(service) <= known
        assert {each["source"] for each in service["configs"]} <= set(COMPOSE["configs"])
        assert set(service["secrets"]) <= set(COMPOSE["secrets"])
        targets = {each["target"] for each in service["configs"]}
        assert service["environment"]["STORAGE_CONFIG"] in targets


def test_kubernetes_names_what_is_there() -> None:
    kinds = {("v1", "ConfigMap"), ("v1", "Secret"), ("batch/v1", "Job")}
    assert {(each["apiVersion"], each["kind"]) for each in KUBERNETES} == kinds
    named = {(each["kind"], each["metadata"]["name"]) for each in KUBERNETES}
    pod: dict[str, Any] = KUBERNETES[2]["spec"]["template"]["spec"]
    volumes = {each["name"]: each for each in pod["volumes"]}
    assert ("ConfigMap", volumes["config"]["configMap"]["name"]) in named
    assert ("Secret", volumes["secret"]["secret"]["secretName"]) in named
    for container in pod["containers"]:
        assert {each["name"] for each in container["volumeMounts"]} == set(volumes)
        check(" ".join(container["command"]))


def test_the_unit_of_systemd_has_sections_and_keys() -> None:
    (text,) = (b.code for b in blocks(PAGE) if b.info == "ini")
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    assert unit.sections() == ["Unit", "Service"]
    assert set(unit["Service"]) == {
        *("Type", "ExecStart", "Environment", "EnvironmentFile", "DynamicUser", "PrivateTmp"),
    }
    program, _, rest = unit["Service"]["ExecStart"].partition(" ")
    check(f"{program.rpartition('/')[2]} {rest}")


def test_the_workflow_has_jobs_with_steps() -> None:
    # YAML 1.1 takes `on` for true.
    assert set(ACTIONS) == {"name", True, "jobs"}
    for job in ACTIONS["jobs"].values():
        assert set(job) == {"runs-on", "env", "steps"}
        for step in job["steps"]:
            assert len(set(step) & {"uses", "run"}) == 1
            check(step.get("run", ""))
