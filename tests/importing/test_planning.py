"""What becomes of what was found in other tools: planned before anything is written."""

from __future__ import annotations

from pathlib import Path
from random import Random
from secrets import token_hex
from typing import Any
from uuid import uuid4

import pytest

from storage_core import ConfigFile, FileStorage, LocalStorage, S3Storage
from storage_core.importing.answers import answered, with_answers
from storage_core.importing.found import Found
from storage_core.importing.planning import Planned, planned
from storage_core.importing.same import Directory, Known
from storage_core.types.azure import AzureBlobStorage

ID = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"


def found(name: str = "prod", source: str = "rclone", **changes: Any) -> Found:
    given: dict[str, Any] = {
        "source": source,
        "entry": f"remote {name}",
        "place": "~/.config/rclone/rclone.conf",
        "name": name,
        "cls": S3Storage,
        "settings": {"bucket": "acme", "profile_name": "corp"},
    }
    return Found(**(given | changes))


@pytest.fixture
def file(home: Path) -> ConfigFile:
    return ConfigFile()


def plan(file: ConfigFile, *entries: Found, **given: Any) -> list[Planned]:
    return planned(entries, file.load(), **given)


def write(file: ConfigFile, plans: list[Planned]) -> None:
    with file.transaction() as edit:
        for each in plans:
            if each.state == "new":
                assert each.found.cls is not None
                edit.add_settings(each.found.cls, each.settings, name=each.name, id=each.id)


def test_what_is_not_there_is_new_under_its_own_name(file: ConfigFile) -> None:
    [one] = plan(file, found())
    assert (one.state, one.name, one.renamed) == ("new", "prod", "")
    assert one.settings == {"bucket": "acme", "profile_name": "corp"}


def test_a_second_run_adds_nothing(file: ConfigFile) -> None:
    write(file, plan(file, found()))
    [one] = plan(file, found())
    assert (one.state, one.name) == ("there", "prod")


def test_a_second_run_adds_nothing_where_the_first_gave_another_name(file: ConfigFile) -> None:
    file.add(LocalStorage(storage_path="/data"), "prod")
    [one] = plan(file, found())
    assert (one.state, one.name) == ("new", "prod-rclone")
    assert one.renamed == "the name 'prod' is taken"
    write(file, [one])
    [again] = plan(file, found())
    assert (again.state, again.name) == ("there", "prod-rclone")


def test_a_second_run_adds_nothing_where_the_first_was_told_the_bucket(file: ConfigFile) -> None:
    entry = found(asks="bucket", settings={"profile_name": "corp"})
    [one] = plan(file, entry)
    assert (one.state, one.settings) == ("asks", {"profile_name": "corp"})
    write(file, plan(file, answered(entry, "acme/team")))
    assert file.load()["prod"].given() == {
        "bucket": "acme",
        "prefix": "team",
        "profile_name": "corp",
    }
    for again in (entry, answered(entry, "acme/team"), answered(entry, "s3://acme/team/")):
        [one] = plan(file, again)
        assert (one.state, one.name) == ("there", "prod")
    [other] = plan(file, answered(entry, "another"))
    assert (other.state, other.name) == ("new", "prod-rclone")


def test_what_says_no_more_than_its_type_is_not_taken_for_any_of_that_type(
    file: ConfigFile,
) -> None:
    file.add(LocalStorage(storage_path="/data"), name="laptop")
    disk = found("disk", cls=LocalStorage, settings={}, asks="storage_path")
    [one] = plan(file, disk)
    assert (one.state, one.name) == ("asks", "disk")
    write(file, plan(file, answered(disk, "/disk")))
    assert [each.state for each in plan(file, disk)] == ["there"]


def test_what_a_person_has_added_since_changes_nothing(file: ConfigFile) -> None:
    secret = token_hex(16)
    settings = {"container": "c", "connection_string": f"AccountName=a;AccountKey={secret}"}
    entry = found(cls=AzureBlobStorage, settings=settings)
    write(file, plan(file, entry))
    file.update("prod", connection_string="env:ACME_AZURE", tags=["eu"], timeout=5)
    [again] = plan(file, entry)
    assert again.state == "there"
    # The container is the same, but whether the account is cannot be known.
    [other] = plan(file, found("stage", cls=AzureBlobStorage, settings=settings))
    assert (other.state, other.name) == ("new", "stage")


def test_a_copied_secret_is_said_and_never_shown(file: ConfigFile) -> None:
    secret = token_hex(16)
    keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": secret}
    [one] = plan(file, found(settings={"bucket": "acme", **keys}, notes=("it asks for a code",)))
    assert one.notes == (
        "it asks for a code",
        "AWS Secret Access Key is copied; `storage move-secret` takes it out of the file",
    )
    assert secret not in repr(one)


def test_a_name_that_is_not_allowed_gets_a_proposal(file: ConfigFile) -> None:
    names = ["", " \t", "a\tb", ID, "temporary  LOCAL storage", "x" * 300]
    plans = plan(file, *(found(name, settings={"bucket": f"b{n}"}) for n, name in enumerate(names)))
    assert [each.name for each in plans] == [
        "rclone",
        "rclone-rclone",
        "a-b",
        f"{ID}-rclone",
        "temporary  LOCAL storage-rclone",
        "x" * 189,
    ]
    write(file, plans)
    assert {each.state for each in plan(file, *(each.found for each in plans))} == {"there"}


def test_two_tools_that_have_one_name_get_two(file: ConfigFile) -> None:
    first = found("default", "aws", settings={"bucket": "one"})
    second = found("default", "msc", settings={"bucket": "two"})
    third = found("default", "msc", settings={"bucket": "three"})
    plans = plan(file, first, second, third)
    assert [each.name for each in plans] == ["default", "default-msc", "default-2"]
    write(file, plans)
    assert [each.name for each in plan(file, third, first, second)] == [
        "default-2",
        "default",
        "default-msc",
    ]


def test_one_place_in_two_tools_is_imported_once(file: ConfigFile) -> None:
    one, two = plan(file, found(), found("minio", "msc"))
    assert (one.state, two.state, two.name) == ("new", "same", "prod")


def test_an_id_is_kept(file: ConfigFile) -> None:
    write(file, plan(file, found(id=ID.upper())))
    assert file.load()["prod"].id == ID


def test_an_id_that_another_has_is_not_kept_and_that_is_said(file: ConfigFile) -> None:
    with file.transaction() as edit:
        edit.add_settings(LocalStorage, {"storage_path": "/data"}, name="laptop", id=ID)
    [one] = plan(file, found(id=ID))
    assert (one.state, one.id) == ("new", None)
    assert one.notes == ("its ID is that of laptop, so it gets a new one",)
    with file.transaction() as edit:
        saved = edit.add_settings(S3Storage, one.settings, name="prod", id=ID)
    assert saved.id != ID


def test_what_keeps_its_id_is_known_after_a_change(file: ConfigFile) -> None:
    write(file, plan(file, found(id=ID)))
    file.update("prod", region_name="eu-west-1")
    file.rename("prod", "results")
    [one] = plan(file, found(id=ID))
    assert (one.state, one.name) == ("there", "results")
    assert one.notes == ("results has been changed since",)


def test_settings_that_are_wrong_are_the_reason(file: ConfigFile) -> None:
    [one] = plan(file, found(settings={"bucket": "a bucket"}))
    assert (one.state, one.reason) == ("cannot", "Bucket must not contain spaces")
    [other] = plan(file, found(cls=None, reason="it is a drive of Google's"))
    assert (other.state, other.reason) == ("cannot", "it is a drive of Google's")


def test_a_broken_configuration_keeps_its_name(file: ConfigFile, home: Path) -> None:
    home.mkdir()
    Path(file.source).write_text('[storage.prod]\ntype = "s4"\n')
    [one] = plan(file, found())
    assert (one.state, one.name) == ("new", "prod-rclone")


def test_a_folder_is_the_same_with_and_without_a_tilde(file: ConfigFile) -> None:
    file.add(LocalStorage(storage_path="~/data"), "laptop")
    path = str(Path("~/data").expanduser())
    [one] = plan(file, found("other", cls=LocalStorage, settings={"storage_path": path}))
    assert (one.state, one.name) == ("there", "laptop")


def buckets(given: list[str], *names: str) -> list[str | None]:
    """The bucket that each of three entries gets: two that ask, one that does not."""
    entries = [found("prod", asks="bucket", settings={}), found("a=b", asks="bucket", settings={})]
    entries.append(found("whole"))
    answered = with_answers(entries, names or ("prod", "a=b", "whole"), given)
    return [each.settings.get("bucket") for each in answered]


def test_bucket_answers_are_for_all_or_for_one() -> None:
    assert buckets(["acme"]) == ["acme", "acme", "acme"]
    assert buckets(["other", "prod=one"]) == ["one", "other", "acme"]
    assert buckets(["a=b=two"]) == [None, "two", "acme"]
    assert buckets(["x/y=1"]) == ["x", "x", "acme"]
    # The name it would have here goes before what its tool calls it.
    assert buckets(["a=b=two"], "a=b", "a=b-rclone", "whole") == ["two", None, "acme"]
    assert buckets(["a=b=two"], "prod", "a=b-rclone", "whole") == [None, "two", "acme"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["prod="], "write a bucket behind the ="),
        ([""], "write a bucket"),
        (["one", "two"], "two are for all; write NAME=BUCKET"),
        (["whole=one"], "whole asks for none"),
        (["prd=one"], "nothing is called prd; these ask for one: prod, a=b"),
    ],
)
def test_a_bucket_answer_that_means_nothing_is_refused(given: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        buckets(given)


def test_an_answer_for_all_is_for_buckets_and_containers_alone() -> None:
    asking = [
        found("s3", asks="bucket", settings={}),
        found("blobs", cls=AzureBlobStorage, asks="container", settings={}),
        found("disk", cls=LocalStorage, asks="storage_path", settings={}),
        found("server", cls=FileStorage, asks="base_path", settings={}, begins=("sftp://",)),
    ]
    names = [each.name for each in asking]
    answered = with_answers(asking, names, ["acme"])
    assert [each.asks for each in answered] == [None, None, "storage_path", "base_path"]
    given = ["acme", "disk=/data", "server=sftp://host/data"]
    assert [each.settings for each in with_answers(asking, names, given)] == [
        {"bucket": "acme"},
        {"container": "acme"},
        {"storage_path": "/data"},
        {"base_path": "sftp://host/data"},
    ]
    for answer in ("acme", "/data", "ftp://host/data", "file:///data"):
        with pytest.raises(ValueError, match=r"^Base Path of server must begin with sftp://$"):
            with_answers(asking, names, [f"server={answer}"])


@pytest.mark.parametrize("answer", ["https://s3.amazonaws.com/bk", "../x", "..", ".", "s3://", "/"])
@pytest.mark.parametrize("cls", [S3Storage, AzureBlobStorage])
def test_what_is_no_bucket_is_not_taken_apart_into_one(
    file: ConfigFile, answer: str, cls: Any
) -> None:
    asks = "bucket" if cls is S3Storage else "container"
    settings = {} if cls is S3Storage else {"account_name": "acme"}
    entry = found(cls=cls, asks=asks, settings=settings)
    assert plan(file, entry)[0].state == "asks"
    assert plan(file, answered(entry, answer))[0].state == "cannot"


def test_a_bucket_may_be_copied_with_its_scheme_and_blanks() -> None:
    entry = found(asks="bucket", settings={})
    assert answered(entry, " s3://bk/a/b/ ").settings == {"bucket": "bk", "prefix": "a/b"}


def first_of(one: Known, known: list[Known]) -> Known | None:
    """What `Directory.same` finds, each compared with each."""
    alike = [each for each in known if each.cls is one.cls]
    named_so = [each for each in alike if each.name == one.name]
    found = [each for each in alike if one.id and each.id == one.id and one.leads_where(each)]
    found += filter(one.equals, alike if one.settings or not one.open else named_so)
    found += filter(one.has_moved, named_so)
    return found[0] if found else None


def some(random: Random) -> Known:
    """One of few, so that many are alike."""
    settings = {
        "bucket": random.choice(["a", "b"]),
        "prefix": random.choice([None, "x", "y"]),
        "aws_secret_access_key": random.choice([None, "plain", "env:SECRET"]),
        "options": random.choice([None, None, {"a": 1}]),
        "tags": random.choice([None, None, ["prod"]]),
    }
    asks = random.choice([None, None, "bucket"])
    settings = {} if asks and random.random() < 0.3 else settings
    given = {key: value for key, value in settings.items() if value is not None and key != asks}
    identifier = random.choice([None, None, "1", "2"])
    return Known.of_plan(random.choice("pqr"), identifier, found(asks=asks), given)


def test_what_is_found_by_what_it_says_is_what_comparing_each_with_each_finds() -> None:
    random = Random(20261129)
    hits = 0
    for _ in range(300):
        directory, known = Directory([]), list[Known]()
        for _ in range(12):
            one = some(random)
            same = directory.same(one)
            assert same is first_of(one, known)
            hits += same is not None
            directory.add(one)
            known.append(one)
    assert 1000 < hits < 3500


def test_many_are_compared_with_few_of_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "storage.toml"
    tables = (
        f'[storage.c{n}]\nid = "{uuid4()}"\ntype = "s3"\nbucket = "b{n}"\n' for n in range(200)
    )
    path.write_text("\n".join(["version = 1", *tables]))
    compared: list[Known] = []
    equals = Known.equals
    monkeypatch.setattr(
        Known, "equals", lambda one, other: compared.append(other) or equals(one, other)
    )
    entries = [
        found(f"r{number}", settings={"bucket": f"b{number * 2}", "region_name": "eu-west-1"})
        for number in range(200)
    ]
    plans = planned(entries, ConfigFile(path).load())
    assert [each.state for each in plans] == ["new"] * 200
    assert len(compared) <= 200
