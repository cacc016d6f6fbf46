"""Classes of ours are dataclasses for all purposes, though `dataclasses` does not make them."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import typing
from dataclasses import FrozenInstanceError
from typing import Any, ClassVar

import pytest

from storage_core import LocalStorage, S3Storage, StorageConfiguration, setting
from storage_core.config.model.entry import Entry
from storage_core.declaration.setting import Setting
from storage_core.light import dataclass, field, replace

CLASSES = (StorageConfiguration, LocalStorage, S3Storage, Setting, Entry)


@dataclass(frozen=True)
class Light:
    """With everything that is supported."""

    kind: ClassVar[str] = "a"

    first: int
    second: list[int] = field(repr=False)
    third: str | None = None

    def __post_init__(self) -> None:
        if self.third == "":
            raise ValueError("third is empty")


@dataclass(frozen=True)
class Below(Light):
    """One more field, and another default."""

    kind: ClassVar[str] = "b"

    third: str | None = "t"
    fourth: bool = field(default=False, repr=False)


@dataclasses.dataclass(frozen=True)
class Real:
    """What `Light` has to be like."""

    kind: ClassVar[str] = "a"

    first: int
    second: list[int] = dataclasses.field(repr=False)
    third: str | None = None

    __post_init__ = Light.__post_init__


@dataclasses.dataclass(frozen=True)
class RealBelow(Real):
    """What `Below` has to be like."""

    kind: ClassVar[str] = "b"

    third: str | None = "t"
    fourth: bool = dataclasses.field(default=False, repr=False)


PAIRS: Any = pytest.mark.parametrize(
    ("light", "real"), [(Light, Real), (Below, RealBelow)], ids=["one", "below another"]
)


def described(cls: Any) -> list[tuple[object, ...]]:
    """The fields of a class, as `dataclasses` tells of them."""
    return [
        (each.name, each.type, each.default, each.repr, each.init, each.compare, each.kw_only)
        for each in dataclasses.fields(cls)
    ]


def raised(call: Any) -> tuple[type, str]:
    """What an exception says, whatever the class is called."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 (compared with another)
        call()
    return caught.type, str(caught.value).replace("Real", "").replace("Light", "")


@PAIRS
def test_a_light_class_is_described_as_a_real_one(light: Any, real: Any) -> None:
    assert described(light) == described(real)
    assert dataclasses.is_dataclass(light)
    assert light.__dataclass_params__.frozen
    assert light.__match_args__ == real.__match_args__
    assert str(inspect.signature(light)) == str(inspect.signature(real))
    assert [light.kind, light.third] == [real.kind, real.third]
    assert hasattr(light, "second") is hasattr(real, "second") is False


@PAIRS
@pytest.mark.parametrize(
    ("arguments", "given"),
    [((1, [2]), {}), ((1,), {"second": []}), ((), {"third": "x", "second": [], "first": 1})],
    ids=["in order", "mixed", "by name"],
)
def test_an_instance_is_made_and_shown_as_a_real_one(
    light: Any, real: Any, arguments: Any, given: Any
) -> None:
    one, other = light(*arguments, **given), real(*arguments, **given)
    assert dataclasses.asdict(one) == dataclasses.asdict(other)
    assert repr(one).removeprefix(light.__name__) == repr(other).removeprefix(real.__name__)
    assert one == light(*arguments, **given)
    assert one != dataclasses.replace(one, first=5)
    assert dataclasses.replace(one, first=5) == replace(one, first=5)
    assert one != other
    assert raised(lambda: hash(one)) == raised(lambda: hash(other))
    assert hash(light(1, ())) == hash(light(1, ()))
    for same in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert type(same) is light
        assert same == one


@PAIRS
def test_what_is_wrong_is_said_as_of_a_real_one(light: Any, real: Any) -> None:
    wrong: list[tuple[Any, Any]] = [
        ((), {}),
        ((1,), {}),
        ((1, [], None, False, 5), {}),
        ((1, []), {"first": 2}),
        ((), {"first": 1, "second": [], "x": 2}),
        ((), {"first": 1, "x": []}),
        ((1, [], ""), {}),
        ((), {"first": 1, "second": [], "third": ""}),
    ]
    for arguments, given in wrong:
        said = raised(lambda a=arguments, g=given: light(*a, **g))
        assert said == raised(lambda a=arguments, g=given: real(*a, **g))
    one, other = light(1, []), real(1, [])
    assert raised(lambda: replace(one, x=1)) == raised(lambda: dataclasses.replace(other, x=1))
    for name in ("first", "x"):
        assert raised(lambda n=name: setattr(one, n, 1)) == raised(
            lambda n=name: setattr(other, n, 1)
        )
        assert raised(lambda n=name: delattr(one, n)) == raised(lambda n=name: delattr(other, n))


def test_a_match_takes_the_fields_in_order() -> None:
    match Light(1, [2], "x"):
        case Light(first, [second], third=third):
            assert (first, second, third) == (1, 2, "x")


def test_a_class_below_that_is_none_may_have_attributes_of_its_own() -> None:
    class Plain(Light):
        pass

    one = Plain(1, [])
    one.note = "x"  # type: ignore[attr-defined]
    assert vars(one)["note"] == "x"
    with pytest.raises(FrozenInstanceError):
        one.first = 2  # type: ignore[misc]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_public_class_is_a_frozen_dataclass_with_hints(cls: Any) -> None:
    assert dataclasses.is_dataclass(cls)
    assert cls.__dataclass_params__.frozen
    names = [each.name for each in dataclasses.fields(cls)]
    assert list(inspect.signature(cls).parameters) == names
    if cls not in (Entry, Setting):
        assert {*names} <= typing.get_type_hints(cls).keys()
        assert cls.__match_args__ == ()
        assert names[:5] == ["name", "id", "protected", "read_only", "tags"]


def test_a_configuration_says_what_is_wrong_with_its_arguments() -> None:
    with pytest.raises(TypeError, match=r"S3Storage.__init__\(\) missing .* 'bucket'"):
        S3Storage()  # type: ignore[call-arg,unused-ignore]
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'buckt'"):
        S3Storage(buckt="b")  # type: ignore[call-arg]


def test_dataclasses_makes_a_type_below_one_of_ours() -> None:
    @dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
    class Mirror(S3Storage):
        type: ClassVar[str] = "mirror"

        region_name: str = setting("Region", "Where it is.")  # required here
        other: str | None = setting("Other", "The other one.", default=None, secret=True)

    one = Mirror(bucket="b", region_name="r", other="s")
    assert replace(one, bucket="c") == dataclasses.replace(one, bucket="c")
    assert [each.name for each in Mirror.settings()][:2] == ["region_name", "other"]
    assert one.given() == {"bucket": "b", "region_name": "r", "other": "s"}
    assert "s'" not in repr(one).replace("'********'", "")
    with pytest.raises(TypeError, match="region_name"):
        Mirror(bucket="b")  # type: ignore[call-arg,unused-ignore]
    with pytest.raises(FrozenInstanceError):
        one.other = "x"  # type: ignore[misc]
