"""The interface of serializers, and the errors for what they cannot do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol

from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Sink(Protocol):
    """Takes bytes. It has no position, so that nothing can be written a second time."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Take some bytes, and return how many, which is all of them."""


class Fault(NamedTuple):
    """Why an object cannot be read back unchanged from a serializer."""

    path: str
    """The part of the object at fault: `['model'].weights[3]`; empty for the whole."""

    why: str

    def __str__(self) -> str:
        return f"obj{self.path}: {self.why}"


class Serializer(ABC):
    """Writes objects as bytes and reads them back; one of another package is a subclass.

    Its name in keys is that of its entry point in the group `storage_core.serializers`, which names
    an instance or the class.
    """

    runs_code: bool = False
    """Whether reading may run code in the bytes; if so, it requires `allow_pickle=True`."""

    seeks: bool = False
    """Whether reading goes back and forth in the file."""

    @abstractmethod
    def dump(self, obj: Any, file: Sink) -> None:
        """Write an object.

        Args:
            obj: what to write.
            file: takes the bytes; it has `write` and nothing else.

        Raises:
            ValueError: the object could not be read back unchanged; the message says why.
            TypeError: likewise.
        """

    @abstractmethod
    def load(self, file: BinaryIO, *, allow_pickle: bool) -> Any:
        """Read an object.

        Args:
            file: has the bytes that were written, to be read from start to end; bytes left over
                after the object are an error.
            allow_pickle: whether what is read may run code of its own.

        Raises:
            ValueError: this serializer has not written these bytes; the message says why.
        """


class Unserializable(UnsupportedOperation):
    """The object cannot be written, or could not be read back unchanged."""


class NeedsPickle(Exception):
    """What is read holds a pickle, and `allow_pickle` is false."""


def required(module: str) -> Any:
    """Import a module of a package that only objects need.

    Raises:
        UnsupportedOperation: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith(package):
            what = f"{package} is not installed"
        else:
            what = f"{package} cannot be imported ({type(error).__name__})"
        raise UnsupportedOperation(f"{what}; run: pip install 'storage-config[objects]'") from error


def a_kind(value: object) -> str:
    """The class of `value` with its article: "a tuple", "an OrderedDict"."""
    cls = type(value)
    module = "" if cls.__module__ == "builtins" else f"{cls.__module__}."
    name = f"{module}{cls.__qualname__}"
    return f"{'an' if name[0] in 'aeiouAEIO' else 'a'} {name}"
