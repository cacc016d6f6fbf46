"""Import from the real DVC: files that it writes, blobs that it pushes, and how it reads a file."""

from __future__ import annotations

import json
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from storage_core.errors import ConfigurationError
from storage_core.importing.found import Found
from storage_core.importing.sources import dvc
from storage_core.importing.sources.dvc.levels import remotes_of
from tests.importing.using import named, opened, shown
from tests.servers.s3 import S3Server
from tests.tools.program import run

pytestmark = pytest.mark.tools

ORACLE = """
import json, sys
from dvc.config import Config
results = []
for path in sys.argv[1:]:
    try:
        loaded = Config.load_file(path)
        # Above all sections it would replace all that are made of sections.
        named = loaded["remote"] if isinstance(loaded["remote"], dict) else "unusable"
        results.append({"remote": named, "core": loaded.get("core", {})})
    except Exception:
        results.append(None)
print(json.dumps(results))
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, a repository that DVC has made; it is alone in the test's home."""
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    monkeypatch.setenv("DVC_SYSTEM_CONFIG_DIR", str(tmp_path / "system"))
    monkeypatch.setenv("DVC_GLOBAL_CONFIG_DIR", str(tmp_path / "global"))
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "cache"))
    # DVC takes a file that is a device for a missing one.
    (tmp_path / "aws").touch()
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws"))
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    run("dvc", "init", "--no-scm")
    return folder


def pushed(repository: Path) -> tuple[str, bytes]:
    """The path and the bytes of a blob that DVC pushes to the default remote."""
    data = token_hex(20).encode()
    (repository / "data.bin").write_bytes(data)
    run("dvc", "add", "data.bin")
    run("dvc", "push")
    digest = (repository / "data.bin.dvc").read_text().partition("md5: ")[2][:32]
    return f"files/md5/{digest[:2]}/{digest[2:]}", data


def read(found: Found, path: str) -> bytes:
    """A blob below an imported configuration, at a path of DVC's choice."""
    data = opened(found).fs.cat_file(path)
    assert isinstance(data, bytes)
    return data


def test_s3_with_keys_in_the_local_file(repository: Path, s3_server: S3Server) -> None:
    bucket = s3_server.new_bucket()
    run("dvc", "remote", "add", "--default", "MinIO", f"s3://{bucket}/data")
    for name, value in (("endpointurl", s3_server.endpoint_url), ("region", "us-east-1")):
        run("dvc", "remote", "modify", "minio", name, value)
    for name, value in (
        ("access_key_id", s3_server.access_key_id),
        ("secret_access_key", s3_server.secret_access_key),
    ):
        run("dvc", "remote", "modify", "--local", "minio", name, value)
    run("dvc", "remote", "add", "--global", "inner", "remote://minio/inner")
    path, data = pushed(repository)

    found = dvc.found()

    assert named(found, "minio").is_default
    assert read(named(found, "minio"), path) == data
    assert named(found, "inner").settings["prefix"] == "data/inner"
    assert s3_server.secret_access_key not in shown(found)


def test_s3_by_a_credentials_file_beside_the_repository(
    repository: Path, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "keys.ini").write_text(
        f"[work]\naws_access_key_id = {s3_server.access_key_id}\n"
        f"aws_secret_access_key = {s3_server.secret_access_key}\n"
    )
    monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE")  # DVC prefers it to what is configured.
    run("dvc", "remote", "add", "-d", "s", f"s3://{s3_server.new_bucket()}")
    for name, value in (
        ("endpointurl", s3_server.endpoint_url),
        ("credentialpath", "keys.ini"),
        ("profile", "work"),
    ):
        run("dvc", "remote", "modify", "s", name, value)
    path, data = pushed(repository)

    assert read(dvc.found()[0], path) == data


def test_a_folder_beside_the_repository(repository: Path) -> None:
    run("dvc", "remote", "add", "-d", "here", "../store with blanks, and # signs")
    path, data = pushed(repository)

    assert read(dvc.found()[0], path) == data


KEYS = st.sampled_from(["url", "URL", "key", '"quoted"', "'single'", "a b", "remote"])
VALUES = st.sampled_from(
    [
        *("s3://b/x", "", "a # b", "a#b", '"a # b"', "'a, b'", "a, b", "a,", ",", '"a" # b', "a b"),
        *('"""three"""', "'''a'b'''", '"""two\nlines"""', '"""x""" # c', '"open', "it's", 'x"y"z'),
        *("%x", "é", "a = b", "[x]", "'\"'", '"a" b', "'a' , 'b'"),
    ]
)
LINES = st.one_of(
    st.builds("{}{} = {}".format, st.sampled_from(["", "    ", "\t"]), KEYS, VALUES),
    st.sampled_from(
        [
            *("['remote \"X\"']", "['remote \"x\"']", '[remote "y"]', "[core] # c", "[ core ]"),
            *("[[inner]]", "[other]", "['remote \"z\" ']", "", "# c", "   # c", "[]", "[a", "word"),
            *('["core"]', "['remote y']", "[[inner]", "[Core]"),
        ]
    ),
)


@settings(
    max_examples=3,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    # Three hundred files are large on purpose: each example starts a process of DVC.
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.large_base_example,
        HealthCheck.data_too_large,
    ],
)
@given(st.lists(st.lists(LINES, max_size=8), min_size=300, max_size=300))
def test_files_say_what_dvc_reads_in_them(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("dialect")
    paths = []
    for number, lines in enumerate(files):
        paths.append(folder / f"config{number}")
        paths[-1].write_text("\n".join(lines), encoding="utf-8")
    answers = json.loads(run("dvc", "-c", ORACLE, *map(str, paths), name="python"))

    for path, answer in zip(paths, answers, strict=True):
        if answer is not None and answer["remote"] == "unusable":
            continue
        assert ours(path) == theirs(answer, path.parent), path.read_text()


def ours(path: Path) -> Any:
    """The remotes of a file by our own reading; None where it is refused."""
    try:
        remotes, default = remotes_of([str(path)])
    except ConfigurationError:
        return None
    return {name: dict(remote.options) for name, remote in remotes.items()}, default


def theirs(answer: Any, folder: Path) -> Any:
    """The same of DVC's answer, with lists as None, and paths where ours are resolved."""
    if answer is None:
        return None
    remotes = {
        name: {
            key: None if isinstance(value, list) else resolved(key, value, folder)
            for key, value in options.items()
            if not isinstance(value, dict)
        }
        for name, options in answer["remote"].items()
    }
    default = answer["core"].get("remote", "")
    return remotes, default.lower() if isinstance(default, str) else ""


def resolved(key: str, value: str, folder: Path) -> str:
    """A path as DVC itself takes it later."""
    return str(folder / value) if key == "url" and value and "://" not in value else value
