"""Folders as Kubernetes mounts them: links that are swapped while somebody reads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from secrets import token_hex

import pytest

import storage_core
from tests.quoting import in_toml

SWAPS = 1_000

READS = """
import os, sys
import fsspec, storage_core
from storage_core.references import resolve
mount, ways = sys.argv[1], sys.argv[2]
counts = {}
print("ready", flush=True)
while not os.path.exists(os.path.join(mount, "..", "stop")):
    if ways == "file":
        found = storage_core.ConfigFile().load()
        assert list(found) == [found.default, "team"], (list(found), found.default)
        counts[found.default] = counts.get(found.default, 0) + 1
        assert resolve(f"file:{mount}/token", "Token") in ("first", "second")
    else:
        found = storage_core.get_store().read("results/which").decode()
        assert found in ("one", "two")
        counts[found] = counts.get(found, 0) + 1
        with fsspec.open("storage:///results/which") as file:
            assert file.read() in (b"one", b"two")
print(sum(counts.values()), sorted(counts), flush=True)
"""


class Mount:
    """A ConfigMap or a Secret as the kubelet keeps it: files lead through `..data`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._count = 0

    def swap(self, **files: str) -> None:
        """Put other files there, as the kubelet does: a new folder, one rename, the old deleted."""
        data = self.folder / "..data"
        old = data.resolve() if data.is_symlink() else None
        self._count += 1
        new = self.folder / f"..2026_11_29_{self._count}"
        new.mkdir()
        for name, text in files.items():
            file = new / name.replace("__", ".")
            file.write_text(text)
            file.chmod(0o644)
            link = self.folder / file.name
            if not link.is_symlink():
                link.symlink_to(f"..data/{file.name}")
        (self.folder / "..data_tmp").symlink_to(new.name)
        (self.folder / "..data_tmp").rename(data)
        if old is not None:
            shutil.rmtree(old)


@pytest.fixture
def mount(tmp_path: Path) -> Mount:
    """A folder of links, with nothing in it yet."""
    return Mount(tmp_path / "config")


def configuration(folder: Path, which: str, name: str = "") -> str:
    """A file whose only configuration, the default, is in a folder of its own."""
    name = name or which
    place = folder / which
    (place / "results").mkdir(parents=True, exist_ok=True)
    (place / "results" / "which").write_text(which)
    padding = "# what makes a torn read likely\n" * 40
    path = in_toml(place)
    beginning = f'include = ["team.toml"]\ndefault = "{name}"\n{padding}'
    return f'{beginning}[storage.{name}]\ntype = "local"\nstorage_path = {path}\n'


@pytest.mark.parametrize("ways", ["file", "store and URL"])
def test_a_worker_reads_the_one_or_the_other_while_they_are_swapped(
    mount: Mount, tmp_path: Path, ways: str
) -> None:
    # A URL of the default is first its name, which is then looked up: it has to be in both.
    name = "" if ways == "file" else "prod"
    texts = [configuration(tmp_path, which, name) for which in ("one", "two")]
    team = '[storage.team]\ntype = "temporary"\n'
    mount.swap(storage__toml=texts[0], token="first", team__toml=team)
    with subprocess.Popen(
        [sys.executable, "-c", READS, str(mount.folder), ways],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "STORAGE_CONFIG": str(mount.folder / "storage.toml")},
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
        for number in range(1, SWAPS + 1):
            token = ("first", "second")[number % 2]
            mount.swap(storage__toml=texts[number % 2], token=token, team__toml=team)
        (tmp_path / "stop").touch()
        out, err = worker.communicate(timeout=60)
    assert worker.returncode == 0, err.decode()
    print(f"{SWAPS} swaps; reads: {out.decode().strip()}")


def test_get_store_and_storage_urls_see_the_new_one(
    mount: Mount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fsspec

    monkeypatch.setenv("STORAGE_CONFIG", str(mount.folder / "storage.toml"))
    held = None
    for name in ("one", "two", "one"):
        mount.swap(storage__toml=configuration(tmp_path, name))
        assert storage_core.get_store().read("results/which") == name.encode()
        with fsspec.open("storage:///results/which") as file:
            assert file.read() == name.encode()
        # A file system that is held sees it, too; a store that was opened stays what it is.
        held = held or fsspec.filesystem("storage")
        assert held.cat_file(f"{name}/results/which") == name.encode()


def test_a_secret_that_is_mounted_is_read_when_the_store_is_opened(
    mount: Mount, tmp_path: Path
) -> None:
    first, second = token_hex(), token_hex()
    mount.swap(token=f"{first}\n")
    file = storage_core.ConfigFile(tmp_path / "storage.toml")
    reference = f"file:{mount.folder / 'token'}"
    file.add(
        storage_core.KVServerStorage(api_address="http://127.0.0.1:1", token=reference), name="kv"
    )
    from storage_core.references import resolve

    assert resolve(reference, "Token") == first
    mount.swap(token=second)
    assert resolve(reference, "Token") == second
    assert first not in file.load().text


def test_a_save_into_such_a_folder_is_refused_or_goes_where_the_link_leads(
    mount: Mount, tmp_path: Path
) -> None:
    mount.swap(storage__toml=configuration(tmp_path, "one"))
    file = storage_core.ConfigFile(mount.folder / "storage.toml")
    file.reset_default()
    # The links are as they were; the kubelet replaces what was written at its next change.
    assert (mount.folder / "storage.toml").readlink() == Path("..data/storage.toml")
    assert file.load().default is None
