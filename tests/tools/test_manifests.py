"""The manifests on the page about containers, by the schemas of those who read them.

check-jsonschema brings those of Docker Compose and of GitHub's workflows along, and
kubernetes-validate those of Kubernetes, a version each; no network is needed. systemd reads its
units itself, where it is installed. Each has to find a mistake as well.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.docs.pages import DOCS, blocks
from tests.tools.program import executable, run

pytestmark = pytest.mark.tools

PAGE = (DOCS / "containers.md").read_text(encoding="utf-8")
COMPOSE, KUBERNETES, ACTIONS = (each.code for each in blocks(PAGE) if each.info == "yaml")
(UNIT,) = (each.code for each in blocks(PAGE) if each.info == "ini")

Mistake: TypeAlias = tuple[str, str, str]
"""A text, what stands in its place, and what is to be said of that."""

KUBERNETES_VALIDATE = "kubernetes-validate"
OLDEST, NEWEST = "1.25.0", "1.37.0"
"""The versions of Kubernetes that there are schemas for."""


def by_schema(schema: str, file: Path) -> str:
    """What check-jsonschema finds."""
    return said(executable("manifests", "check-jsonschema"), "--builtin-schema", schema, file)


def by_kubernetes(version: str, file: Path) -> str:
    """What is wrong for a version of Kubernetes."""
    program = executable("manifests", KUBERNETES_VALIDATE)
    return said(program, "--strict", "--quiet", "-k", version, file)


def by_systemd(program: str, file: Path) -> str:
    """What systemd finds, warnings included."""
    return said(program, "verify", "--man=no", "--recursive-errors=no", file, warns=True)


def said(program: str | Path, *arguments: str | Path, warns: bool = False) -> str:
    """Empty where nothing is wrong."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    text = done.stdout + done.stderr
    return text or "?" if done.returncode or (warns and text) else ""


def check(file: Path, text: str, mistake: Mistake, find: Callable[[Path], str]) -> None:
    """It is right as it is, and the mistake is found."""
    file.write_text(text, encoding="utf-8")
    assert find(file) == ""
    old, new, says = mistake
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    assert says in find(file)


@pytest.mark.parametrize(
    "mistake",
    [("read_only: true", "read_only: 7", "read_only"), ("\nsecrets:", "\nsecret:", "secret")],
    ids=["value", "key"],
)
def test_compose_takes_the_manifest(tmp_path: Path, mistake: Mistake) -> None:
    check(tmp_path / "compose.yaml", COMPOSE, mistake, partial(by_schema, "vendor.compose-spec"))


@pytest.mark.parametrize(
    "mistake",
    [("on: push", "on: pushed", "pushed"), ("runs-on:", "runs-in:", "runs-in")],
    ids=["value", "key"],
)
def test_github_takes_the_workflow(tmp_path: Path, mistake: Mistake) -> None:
    check(tmp_path / "x.yaml", ACTIONS, mistake, partial(by_schema, "vendor.github-workflows"))


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize(
    "mistake",
    [
        ("runAsUser: 10001", "runAsUser: worker", "runAsUser"),
        ("secretName:", "secret:", "secret"),
    ],
    ids=["value", "key"],
)
def test_kubernetes_takes_the_manifests(tmp_path: Path, version: str, mistake: Mistake) -> None:
    check(tmp_path / "storage.yaml", KUBERNETES, mistake, partial(by_kubernetes, version))


def test_there_are_schemas_of_no_newer_kubernetes() -> None:
    said = run("manifests", "--help", name=KUBERNETES_VALIDATE)
    assert f"Defaults to {NEWEST}" in " ".join(said.split())


@pytest.mark.parametrize(
    "mistake",
    [
        ("DynamicUser=yes", "DynamicUser=maybe", "boolean value: maybe"),
        ("PrivateTmp=", "PrivateTemp=", "PrivateTemp"),
    ],
    ids=["value", "key"],
)
def test_systemd_takes_the_unit(tmp_path: Path, mistake: Mistake) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        # It comes with the system and in no package; the syntax is checked in tests/docs.
        return
    unit = UNIT.replace("/opt/worker/bin/storage", sys.executable)
    check(tmp_path / "worker.service", unit, mistake, partial(by_systemd, program))
