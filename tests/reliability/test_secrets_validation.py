"""Figure 12, third part: what is wrong with a setting is said without repeating what was typed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import storage_core
from storage_core import ConfigFile, StorageConfiguration, StorageError
from storage_core.config.secrets.audit import plain_secrets
from storage_core.declaration.setting import Setting
from storage_core.declaration.validation import InvalidSettings, fault_of, validated
from tests.figures import Figure
from tests.reliability.canary import Canaries, secret_fields, tables, toml
from tests.reliability.sinks import chain, living, shown

FIELDS = [*secret_fields()]


def mistakes(canaries: Canaries, field: str) -> Iterator[object]:
    """Values that a field does not take, or takes for something else, each with a secret in it."""
    secret = canaries.new(field)
    yield secret
    yield f"{secret}\n"
    yield f" {secret}"
    yield f"{secret}\0"
    yield f"{secret}\ud800"
    yield f"{{{secret}"
    yield json.dumps({"type": secret})
    yield f"env:{secret}=x"
    yield f"file:{secret}"
    yield f"keyring:{secret.partition('/')[0]}"
    yield f"AccountKey={secret}"
    yield f"ftp://me:{secret}@host"
    yield f"http://me:{secret}@host:port/"
    yield f"http://[{secret}]/"
    yield secret.encode()
    yield [secret]
    yield {"a": secret}
    yield {"ref": f"env:{secret}=x"}
    yield {"ref": [secret]}
    yield {"a": object()} | {"b": secret}
    yield Talkative(secret)
    yield float("nan")


@dataclasses.dataclass
class Talkative:
    """A value of a class that no setting takes, with a repr that tells all."""

    secret: str


def typed_texts(
    cls: type[StorageConfiguration], setting: Setting, value: object, file: ConfigFile
) -> Iterator[str]:
    """What each way into a configuration says to one value."""
    message = fault_of(setting, value)
    yield message or ""
    required = {each.name: "x" for each in cls.settings() if each.required}
    for values in (
        {**required, setting.name: value},
        {setting.name: value, "made_up": value},
        {**required, "made_up": value},
        # A file that cannot be read is called by its name.
        {each.name: value for each in cls.settings() if each.form != "file"},
    ):
        calls: tuple[Callable[[], object], ...] = (
            lambda: validated(cls, values),  # noqa: B023
            lambda: file.add_settings(cls, values, name="added"),  # noqa: B023
            lambda: file.update_settings("held", values),  # noqa: B023
            lambda: storage_core.open_store(cls(**values)),  # noqa: B023
        )
        for call in calls:
            try:
                call()
            except InvalidSettings as error:
                yield repr(error.faults)
                yield from shown(error)
                yield from (each.json() for each in chain(error) if hasattr(each, "json"))
            except (StorageError, TypeError) as error:
                yield from shown(error)
    if setting.secret or "//me:" in str(value):
        # Of a URL the password is the secret, not what is typed in its place.
        yield repr(cls(**{**required, setting.name: value}))


HELD = "[storage.held]\ntype = 'local'\nstorage_path = '/'\n"
MISTAKES = len([*mistakes(Canaries(), "any field")])


@pytest.fixture
def file(home: Path) -> ConfigFile:
    home.mkdir()
    (home / "storage.toml").write_text(HELD)
    return ConfigFile()


def searched(
    cls: type[StorageConfiguration], setting: Setting, canaries: Canaries, file: ConfigFile
) -> tuple[int, list[str]]:
    """How many texts the mistakes in one field gave, and the secrets in them."""
    texts: set[str] = set()
    for value in mistakes(canaries, f"{cls.type} {setting.name}"):
        texts |= {*typed_texts(cls, setting, value, file)}
        Path(file.path).write_text(HELD)
    texts |= {*living()}
    return len(texts), canaries.hits("\n".join(texts))


@pytest.mark.parametrize(
    ("cls", "setting"), FIELDS, ids=[f"{cls.type} {setting.name}" for cls, setting in FIELDS]
)
def test_no_validation_error_repeats_what_was_typed(
    cls: type[StorageConfiguration], setting: Setting, canaries: Canaries, file: ConfigFile
) -> None:
    texts, hits = searched(cls, setting, canaries, file)
    assert hits == []
    assert texts > 10


@pytest.mark.reliability
def test_figure_12_every_validation_error(
    canaries: Canaries, file: ConfigFile, figure: Figure
) -> None:
    found = [searched(cls, setting, canaries, file) for cls, setting in FIELDS]
    hits = [hit for _, some in found for hit in some]
    figure(
        12,
        f"{len(FIELDS)} fields with {MISTAKES} mistakes each, in every "
        f"form of validation error: {sum(texts for texts, _ in found)} texts",
        f"{len(hits)} hits",
    )
    assert hits == []


def test_nothing_about_a_file_with_secrets_in_it_shows_one(
    canaries: Canaries, file: ConfigFile
) -> None:
    written: dict[str, dict[str, Any]] = tables(canaries, "http://127.0.0.1:1")
    broken = {f"broken-{name}": {**table, "made_up": "x"} for name, table in written.items()}
    unknown = {f"unknown-{name}": {**table, "type": "x"} for name, table in written.items()}
    Path(file.path).write_text(toml({**written, **broken, **unknown}))
    found = file.load()
    assert len(found) == len(written)
    texts = [repr(found), *living()]
    texts += [repr(entry) for entry in found.entries.values()]
    texts += [f"{problem} {problem!r}" for problem in found.problems]
    texts += [repr(each) for each in plain_secrets(found)]
    texts += [f"{each.location} {each.blob_location('results')}" for each in found.values()]
    for name in (*broken, *unknown):
        with pytest.raises(StorageError) as caught:
            found.find(name).opened()
        texts += shown(caught.value)
    assert canaries.hits("\n".join(texts)) == []


def test_the_search_finds_what_pydantic_would_tell(canaries: Canaries) -> None:
    """The positive control: pydantic's own error repeats its input as soon as it is asked."""
    cls, setting = next((c, s) for c, s in FIELDS if s.name == "token")
    from storage_core.declaration.validation import model_of

    with pytest.raises(ValidationError) as caught:
        model_of(cls).model_validate({setting.name: [canaries.new("token")]})
    assert canaries.hits(repr(caught.value.errors()))
    assert canaries.hits("\n".join(shown_whatever(caught.value)))


def shown_whatever(error: BaseException) -> Iterator[str]:
    """`shown`, of an error that may have several lines."""
    try:
        yield from shown(error)
    except AssertionError:
        pass
