"""Frozen dataclasses that cost a worker next to nothing.

`dataclasses` loads `inspect`, and has Python compile methods for each class: together 11 of the
38 ms of processor time of a worker with Local Storage. Here the methods are written once, for all
classes. Everything else about a dataclass (its fields as data, its signature, errors about wrong
arguments) comes from `dataclasses` when it is used.

Type checkers and editors see `dataclasses` itself.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace
    from typing import Any, Final, TypeVar

    T = TypeVar("T", bound=type)

_MISSING: Final = object()
_METHODS: Final = (
    *("__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__replace__"),
)
_ASKED: Final = ("__dataclass_fields__", "__dataclass_params__", "__match_args__", "__signature__")


class _Field:
    """One field, as `field` of `dataclasses` declares it."""

    def __init__(self, *, default: object = _MISSING, repr: bool = True) -> None:
        self.default = default
        self.repr = repr
        self.annotation = ""


class _Fields:
    """The fields of one class, those of its base classes first."""

    def __init__(self, cls: Any, **options: bool) -> None:
        self.cls = cls
        self.options: dict[str, Any] = options
        self.by_name: dict[str, _Field] = {}
        for base in reversed(cls.__mro__[1:]):
            if "__light__" in vars(base):
                self.by_name |= base.__light__.by_name
        for name, annotation in [*cls.__annotations__.items()]:
            if annotation.startswith("ClassVar"):
                # A `ClassVar` is for type checkers: to read it at run time would need `typing`.
                del cls.__annotations__[name]
            else:
                self.by_name[name] = _taken_out(cls, name, annotation)
        fields = self.by_name.items()
        self.defaults = {n: each.default for n, each in fields if each.default is not _MISSING}
        self.required = self.by_name.keys() - self.defaults.keys()
        self.in_order = 0 if options["kw_only"] else len(fields)
        """How many arguments may be positional."""

        self._made: Any = None

    def of(self, instance: object) -> tuple[object, ...]:
        """The values that an instance has."""
        return tuple([getattr(instance, name) for name in self.by_name])

    @property
    def made(self) -> Any:
        """A class with the same fields, made by `dataclasses`."""
        if self._made is None:
            import dataclasses

            fields = []
            for name, each in self.by_name.items():
                default = dataclasses.MISSING if each.default is _MISSING else each.default
                field = dataclasses.field(default=default, repr=each.repr)
                fields.append((name, each.annotation, field))
            finish = {"__post_init__": None} if hasattr(self.cls, "__post_init__") else {}
            self._made = dataclasses.make_dataclass(
                self.cls.__name__, fields, namespace=finish, **self.options
            )
        return self._made


class _Asked:
    """An attribute that `dataclasses` gives to classes, made when it is first read."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, cls: Any) -> Any:
        made = cls.__light__.made
        if self._name != "__signature__":
            return getattr(made, self._name)
        if cls.__init__ is not _Methods.__init__:
            raise AttributeError(self._name)  # It has its own.
        from inspect import signature

        return signature(made)


class _Methods:
    """The methods that each class gets."""

    __light__: _Fields

    def __init__(self, *args: object, **given: object) -> None:
        fields = self.__light__
        if args and not given and len(args) == fields.in_order:
            values = dict(zip(fields.by_name, args, strict=True))
        else:
            values = fields.defaults | given
            if args or len(values) != len(fields.by_name) or not fields.required <= given.keys():
                fields.made.__init__(self, *args, **given)
                return
        vars(self).update(values)
        if finish := getattr(self, "__post_init__", None):
            finish()

    def __repr__(self) -> str:
        fields = self.__light__.by_name.items()
        shown = [f"{name}={getattr(self, name)!r}" for name, each in fields if each.repr]
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.__light__.of(self) == self.__light__.of(other)

    def __hash__(self) -> int:
        return hash(self.__light__.of(self))

    def __setattr__(self, name: str, value: object) -> None:
        _refuse(self, "assign to", name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        _refuse(self, "delete", name)
        object.__delattr__(self, name)

    def __replace__(self, /, **changes: object) -> Any:
        return _replace(self, **changes)


def _dataclass(*, frozen: bool, kw_only: bool = False, repr: bool = True) -> Callable[[T], T]:
    """`dataclasses.dataclass` with the options that are used here; all classes are frozen."""

    def decorated(cls: T) -> T:
        for name in _METHODS:
            if repr or name != "__repr__":
                setattr(cls, name, vars(_Methods)[name])
        for name in _ASKED:
            setattr(cls, name, _Asked(name))
        made: Any = cls
        made.__light__ = _Fields(cls, frozen=frozen, kw_only=kw_only, repr=repr)
        return cls

    return decorated


def _replace(instance: Any, /, **changes: object) -> Any:
    """`dataclasses.replace`."""
    cls = type(instance)
    if cls.__init__ is not _Methods.__init__:
        import dataclasses

        return dataclasses.replace(instance, **changes)
    values = {name: getattr(instance, name) for name in cls.__light__.by_name}
    return cls(**(values | changes))


def _taken_out(cls: type, name: str, annotation: str) -> _Field:
    """The field that a class declares; its default stays in the class."""
    given = vars(cls).get(name, _MISSING)
    found = given if isinstance(given, _Field) else _Field(default=given)
    found.annotation = annotation
    if found is given:
        delattr(cls, name)
        if found.default is not _MISSING:
            setattr(cls, name, found.default)
    return found


def _refuse(instance: Any, doing: str, name: str) -> None:
    """Refuse to change the fields of an instance; a subclass may have other attributes."""
    cls = type(instance)
    if "__light__" in vars(cls) or name in cls.__light__.by_name:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot {doing} field {name!r}")


if not TYPE_CHECKING:
    dataclass, field, replace = _dataclass, _Field, _replace
