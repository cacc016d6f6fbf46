"""Which engine moves the bytes of a cloud: requests of our own, or the client that fsspec has."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from storage_core.declaration.setting import setting
from storage_core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ENGINES: Final = ("auto", "direct", "fsspec")
VARIABLE: Final = "STORAGE_ENGINE"


def engine_setting(driver: str) -> Any:
    """The setting `engine`.

    Args:
        driver: the package that the engine `fsspec` goes through.
    """
    return setting(
        "Engine",
        f"direct: one signed request for each operation; fsspec: through {driver}; auto: direct, "
        f"unless Options hold what only {driver} understands.",
        default="auto",
        form="choice",
        choices=ENGINES,
        advanced=True,
    )


def is_direct(
    engine: str,
    options: Mapping[str, Any] | None,
    beyond: Callable[[Mapping[str, Any]], Iterable[str]],
    *,
    other: str = "",
) -> bool:
    """Whether the engine `direct` is used, which makes requests of our own.

    Args:
        engine: what the configuration says; `STORAGE_ENGINE` overrides it.
        options: of the configuration.
        beyond: names the options that only the driver of the other engine understands.
        other: what else only that driver understands; empty for nothing.

    Raises:
        ConfigurationError: the variable names no engine, or the engine does not understand an
            option.
    """
    source = "Engine"
    if variable := os.environ.get(VARIABLE):
        if variable not in ENGINES:
            raise ConfigurationError(
                f"{VARIABLE} is {variable[:40]!r}, which is no engine; write auto, direct or "
                "fsspec, or unset it"
            )
        engine, source = variable, VARIABLE
    if engine == "fsspec":
        return False
    not_understood = [*beyond(options)] if options else []
    if not_understood and engine == "direct":
        raise ConfigurationError(
            f"{source} is direct, which knows no {' and no '.join(not_understood)} in Options; "
            "take it out, or write auto or fsspec"
        )
    if other and engine == "direct":
        raise ConfigurationError(
            f"{source} is direct, which knows no {other}; write auto or fsspec"
        )
    return not (not_understood or other)
