"""Figure 8: no key, and no link that somebody has planted, leads out of a store's own place."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes, token_hex

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import storage_core
from storage_core import FileStorage, LocalStorage, Store, TemporaryLocalStorage
from storage_core.backends.local import disk
from storage_core.errors import AccessDenied, BlobExists, BlobNotFound, InvalidKey, StorageError
from storage_core.keys import Key, is_name
from tests.figures import Figure
from tests.servers.s3 import S3Server

# --- 8: keys ------------------------------------------------------------------------------------

PIECES = (
    *(
        "",
        ".",
        "..",
        "...",
        "%2e%2e",
        "%2e",
        "%2f",
        "..%2f",
        "%5c",
        "..\\",
        "\\",
        "C:",
        "~",
        "~root",
    ),
    *(
        "\0",
        "a\0b",
        "\n",
        "\r\n",
        " ",
        "\u2024\u2024",
        "．．",
        "\u2215",
        "\ud800",
        "é",
        "-",
        "--help",
    ),
    *("CON", "NUL", "aux.txt", "com1", "LPT9", ".htaccess", ".lock", "storage.toml", "results"),
    *(
        "flows",
        "etc",
        "passwd",
        "outside",
        "sentinel",
        "$HOME",
        "*",
        "?",
        "#x",
        "a" * 200,
        "b" * 300,
    ),
)
"""What keys are put together from: ways up and out, quoted ways, and names that mean something."""

segments = st.one_of(st.sampled_from(PIECES), st.text(max_size=8), st.binary(max_size=4).map(repr))
keys = st.one_of(
    st.lists(segments, min_size=1, max_size=6).map("/".join),
    st.tuples(st.sampled_from(["results", "flows"]), segments).map("/".join),
    st.tuples(
        st.sampled_from(["results/", "flows/"]),
        st.text("abcXYZ019._-", min_size=1, max_size=201),
    ).map("".join),
    st.tuples(st.sampled_from(["/", "//", "file://", "\\\\host\\", "results//"]), segments).map(
        "".join
    ),
)

Snapshot = Callable[[], object]
"""Everything around a store that no call of it may change."""


def attack(store: Store, key: str, files: Path) -> bool:
    """Use `key` in every way there is; whether it was taken for a key. `files` is for files."""
    kind, _, name = key.partition("/")
    is_key = kind in ("flows", "results") and is_name(name)
    source, target = files / "source", files / "target"
    source.write_bytes(b"from a file")
    calls: tuple[Callable[[], object], ...] = (
        lambda: store.exists(key),
        lambda: store.read(key),
        lambda: store.open(key).close(),
        lambda: store.read_file(key, target),
        lambda: store.delete(key),
        lambda: store.write(b"written", key=key),
        lambda: store.delete(key),
        lambda: store.write_file(source, key=key),
        lambda: store.delete(key),
    )
    for call in calls:
        try:
            call()
        except InvalidKey as error:
            refused, told = True, str(error)
        except BlobNotFound as error:
            refused, told = False, str(error)
        else:
            refused, told = False, ""
        assert refused is not is_key
        assert "\n" not in told
    if kind not in ("flows", "results"):
        for other in (
            lambda: store.write(b"x", kind),  # type: ignore[arg-type]
            lambda: store.write_file(source, kind),  # type: ignore[arg-type]
            lambda: list(store.list(kind)),  # type: ignore[arg-type]
        ):
            with pytest.raises(InvalidKey):
                other()
    assert not target.exists()
    return is_key


def escapes(store: Store, around: Snapshot, files: Path, examples: int) -> tuple[int, int]:
    """How many of all keys changed or read something around the store, and how many were keys."""
    before = around()
    escaped = taken = tried = 0

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(keys)
    def run(key: str) -> None:
        nonlocal escaped, taken, tried
        tried += 1
        taken += attack(store, key, files)
        escaped += around() != before

    run()
    assert tried >= examples
    assert 0 < taken < tried
    return escaped, tried


def tree(folder: Path, *, without: Path) -> Iterator[tuple[object, ...]]:
    """All there is in `folder` but for `without`: paths, kinds, modes, times and contents."""
    for each in sorted(folder.iterdir()):
        if each == without:
            continue
        status = each.lstat()
        content: object = None
        if each.is_symlink():
            content = each.readlink()
        elif each.is_file():
            content = sha256(each.read_bytes()).digest()
        yield each, status.st_mode, status.st_ino, status.st_mtime_ns, content
        if each.is_dir() and not each.is_symlink():
            yield from tree(each, without=without)


class Place:
    """A store in the middle of files that are none of its business."""

    def __init__(self, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        outer = folder / f"around-{name}"
        self.data = outer / "outside" / "data"
        self.files = folder / f"files-{name}"
        for each in (self.data, self.files, outer / "results", outer / "outside" / "flows"):
            each.mkdir(parents=True)
        for each in (outer, outer / "outside", outer / "results", outer / "outside" / "flows"):
            (each / "sentinel").write_bytes(token_bytes(16))
        self.outer = outer
        monkeypatch.setenv("PREFECT_HOME", str(self.data))
        monkeypatch.chdir(self.data)
        configuration = {
            "local": LocalStorage(storage_path=str(self.data)),
            "temporary": TemporaryLocalStorage(),
            "file": FileStorage(base_path=f"file://{self.data}"),
        }[name]
        self.store = storage_core.open_store(configuration)

    def around(self) -> object:
        """What is around the store, in which there is nothing but blobs."""
        for each in self.data.iterdir():
            assert each.name in ("results", "flows")
            assert all(is_name(blob.name) for blob in each.iterdir())
        return self.around_links()

    def around_links(self) -> object:
        """What is around the store, whatever was planted in it."""
        return list(tree(self.outer, without=self.data))


LOCAL = ("local", "temporary", "file")


@pytest.mark.parametrize("name", LOCAL)
def test_no_key_leads_out_of_a_local_store(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(name, tmp_path, monkeypatch)
    assert escapes(place.store, place.around, place.files, 100)[0] == 0


def memory_place() -> tuple[Store, Snapshot]:
    root = f"/outer-{token_hex(4)}/data"
    files = MemoryFileSystem()
    files.pipe_file(f"{root}/../sentinel", b"around")
    files.pipe_file(f"{root}x/results/sentinel", b"around")

    def around() -> object:
        return [
            (path, bytes(file.getvalue()))
            for path, file in sorted(MemoryFileSystem.store.items())
            if not path.startswith((f"{root}/results/", f"{root}/flows/"))
        ]

    return storage_core.open_store(FileStorage(base_path=f"memory:/{root}")), around


def test_no_key_leads_out_of_a_folder_in_memory(tmp_path: Path) -> None:
    assert escapes(*memory_place(), tmp_path, 50)[0] == 0


def s3_place(server: S3Server) -> tuple[Store, Snapshot]:
    bucket = server.new_bucket()
    for name in ("sentinel", "team/sentinel", "results/sentinel", "team/ax/results/sentinel"):
        server.client.put_object(Bucket=bucket, Key=name, Body=b"around")

    def around() -> object:
        listed = server.client.list_objects_v2(Bucket=bucket)["Contents"]
        return [
            (each["Key"], each["ETag"], each["LastModified"])
            for each in listed
            if not each["Key"].startswith(("team/a/results/", "team/a/flows/"))
        ]

    configuration = storage_core.S3Storage(
        bucket=bucket,
        prefix="team/a",
        endpoint_url=server.endpoint_url,
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
    )
    return storage_core.open_store(configuration), around


def test_no_key_leads_out_of_a_prefix_on_s3(s3_server: S3Server, tmp_path: Path) -> None:
    assert escapes(*s3_place(s3_server), tmp_path, 15)[0] == 0


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_figure_8_a_thousand_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3_server: S3Server, figure: Figure
) -> None:
    results = {}
    for name in LOCAL:
        place = Place(name, tmp_path, monkeypatch)
        results[name] = escapes(place.store, place.around, place.files, 1000)
    results["memory://"] = escapes(*memory_place(), tmp_path, 1000)
    results["S3"] = escapes(*s3_place(s3_server), tmp_path, 100)
    escaped = sum(number for number, _ in results.values())
    shown = ", ".join(f"{tried} on {name}" for name, (_, tried) in results.items())
    figure(8, f"hostile keys ({shown})", f"{escaped} escapes")
    assert escaped == 0


def test_the_search_for_escapes_finds_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: with no check of keys, they do lead out, and that is seen."""
    place = Place("local", tmp_path, monkeypatch)
    place.store.write(b"there is a folder now")
    monkeypatch.setattr(
        "storage_core.keys.parse_key", lambda key: Key("results", key.partition("/")[2])
    )
    monkeypatch.setattr("storage_core.backends.local.folders._NO_NAMES", frozenset())
    before = place.around()
    assert place.store.read("results/../../sentinel")
    assert place.around() == before
    place.store.write(b"out", key="results/../../escaped")
    assert place.around() != before


# --- 8: planted links ---------------------------------------------------------------------------


def foreign_file(folder: Path) -> Path:
    """A file with a secret that belongs to somebody else."""
    folder.mkdir()
    foreign = folder / "foreign"
    foreign.write_bytes(b"somebody else's")
    return foreign


@pytest.fixture(params=LOCAL)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(request.param, tmp_path, monkeypatch)
    place.store.write(b"there are folders now")
    place.store.write(b"there are folders now", "flows")
    return place


KEY = "results/planted"


def readers(place: Place, key: str) -> tuple[Callable[[], object], ...]:
    return (
        lambda: place.store.read(key),
        lambda: place.store.open(key),
        lambda: place.store.read_file(key, place.files / "copy"),
        lambda: place.store.exists(key),
    )


@pytest.mark.parametrize("relative", [False, True], ids=["absolute", "relative"])
def test_a_link_in_place_of_a_blob_is_never_followed(place: Place, relative: bool) -> None:
    foreign = foreign_file(place.outer / "foreign")
    link = place.data / KEY
    target = os.path.relpath(foreign, link.parent) if relative else str(foreign)
    link.symlink_to(target)
    before = place.around()
    for call in readers(place, KEY):
        with pytest.raises(AccessDenied, match="link"):
            call()
    assert KEY not in {blob.key for blob in place.store.list("results")}
    with pytest.raises(BlobExists):
        place.store.write(b"new", key=KEY)
    source = place.files / "source"
    source.write_bytes(b"new")
    with pytest.raises(BlobExists):
        place.store.write_file(source, key=KEY)
    assert link.is_symlink()
    place.store.delete(KEY)
    assert not link.is_symlink()
    assert place.around() == before
    assert not (place.files / "copy").exists()


def test_a_link_that_leads_nowhere_is_not_written_through(place: Place) -> None:
    link, target = place.data / KEY, place.outer / "created"
    link.symlink_to(target)
    with pytest.raises(BlobExists):
        place.store.write(b"new", key=KEY)
    for call in readers(place, KEY):
        with pytest.raises(AccessDenied):
            call()
    assert not target.exists()


def test_a_link_under_the_name_of_a_hash_is_replaced_and_not_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place("file", tmp_path, monkeypatch)
    key = place.store.write(b"known bytes")
    foreign = foreign_file(place.outer / "foreign")
    (place.data / key).unlink()
    (place.data / key).symlink_to(foreign)
    before = place.around()
    assert place.store.write(b"known bytes") == key
    assert not (place.data / key).is_symlink()
    assert place.store.read(key) == b"known bytes"
    assert place.around() == before


@pytest.mark.parametrize("dangling", [False, True], ids=["to a folder", "dangling"])
def test_a_link_in_place_of_the_folder_of_a_kind_is_refused(place: Place, dangling: bool) -> None:
    foreign = foreign_file(place.outer / "foreign")
    (place.data / "results").rename(place.files / "moved")
    target = place.outer / "created" if dangling else foreign.parent
    (place.data / "results").symlink_to(target)
    before = place.around_links()
    source = place.files / "source"
    source.write_bytes(b"new")
    for call in (
        *readers(place, "results/foreign"),
        lambda: place.store.delete("results/foreign"),
        lambda: place.store.write(b"new"),
        lambda: place.store.write(b"new", key="results/new"),
        lambda: place.store.write_file(source),
        lambda: list(place.store.list("results")),
    ):
        with pytest.raises(AccessDenied, match="symbolic links are not followed"):
            call()
    assert place.around_links() == before
    assert place.store.write(b"the other kind", "flows")


def test_a_link_under_the_name_of_a_temporary_file_is_not_written_through(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = foreign_file(place.outer / "foreign")
    before = place.around_links()
    with monkeypatch.context() as patched:
        patched.setattr(disk, "_TMPFILE", 0)
        patched.setattr(os, "urandom", lambda number: b"\1" * number)
        (place.data / "results" / f"~{'01' * 8}").symlink_to(foreign)
        with pytest.raises(StorageError):
            place.store.write(b"new", key=KEY)
    assert foreign.read_bytes() == b"somebody else's"
    assert not place.store.exists(KEY)
    assert place.around_links() == before


def test_a_link_in_place_of_the_file_to_read_into_is_the_callers_and_stays(place: Place) -> None:
    foreign = foreign_file(place.outer / "foreign")
    key = place.store.write(b"a blob")
    target = place.files / "copy"
    target.symlink_to(foreign)
    place.store.read_file(key, target)
    assert target.is_symlink()
    assert foreign.read_bytes() == b"a blob"


@pytest.mark.parametrize("what", ["pipe", "folder", "socket"])
def test_what_is_no_file_is_refused_and_never_waited_for(place: Place, what: str) -> None:
    path = place.data / KEY
    if what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    else:
        os.mknod(path, stat.S_IFSOCK | 0o600)
    for call in readers(place, KEY):
        with pytest.raises(StorageError):
            call()
    assert KEY not in {blob.key for blob in place.store.list("results")}
    with pytest.raises(BlobExists):
        place.store.write(b"new", key=KEY)


def test_a_stale_temporary_name_that_is_a_link_is_left_alone_by_a_listing(place: Place) -> None:
    foreign = foreign_file(place.outer / "foreign")
    link = place.data / "results" / f"~{'0' * 16}"
    link.symlink_to(foreign)
    os.utime(link, (0, 0), follow_symlinks=False)
    os.utime(foreign, (0, 0))
    before = place.around_links()
    list(place.store.list())
    assert place.around_links() == before
