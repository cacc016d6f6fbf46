"""Prefect's home and its settings, from variables and `profiles.toml`."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from storage_core.errors import ConfigurationError
from storage_core.hosts import LOOPBACK
from storage_core.importing.found import Found
from storage_core.paths import absolute, prefect_home

DATABASES: Final = ("prefect.db", "orion.db")
"""The names of the databases of Prefect 2 and 3, and of the 2.0 betas."""

_DATABASE: Final = (
    "PREFECT_SERVER_DATABASE_CONNECTION_URL",
    "PREFECT_API_DATABASE_CONNECTION_URL",
    "PREFECT_ORION_DATABASE_CONNECTION_URL",
)
_SERVER: Final = "PREFECT_API_URL"
_DEFAULT_BLOCK: Final = "PREFECT_DEFAULT_RESULT_STORAGE_BLOCK"


def folder() -> str:
    """Prefect's home, in which our configuration file is too."""
    return prefect_home()


def settings(home: str) -> Mapping[str, str]:
    """Prefect's settings by the names of their variables; variables win over the profile."""
    own = {name: value for name, value in os.environ.items() if name.startswith("PREFECT_")}
    return {
        **_profile(
            own.get("PREFECT_PROFILES_PATH") or os.path.join(home, "profiles.toml"),
            own.get("PREFECT_PROFILE"),
        ),
        **own,
    }


def named_database(settings: Mapping[str, str]) -> str | None:
    """The SQLite file that the settings name; None if they name none."""
    url = _first(settings, _DATABASE)
    if url is None or not url.startswith("sqlite"):
        return None
    path = unquote(url.partition("://")[2].partition("?")[0])
    return absolute(path[1:]) if path.startswith("/") and path != "/:memory:" else None


def elsewhere(settings: Mapping[str, str]) -> Iterator[Found]:
    """Entries, with reasons, for what cannot be read without contacting a server."""
    url = _first(settings, _DATABASE)
    if url is not None and not url.startswith("sqlite"):
        yield _unasked("database", url, "no database on a server is asked")
    server = settings.get(_SERVER)
    if server and not LOOPBACK.fullmatch(urlsplit(server).hostname or ""):
        yield _unasked("server", server, "no server is asked")


def default_block(settings: Mapping[str, str]) -> str | None:
    """The block that results go to by default: `s3-bucket/prod-results`; None if none is set."""
    return settings.get(_DEFAULT_BLOCK) or None


def _unasked(what: str, url: str, why: str) -> Found:
    host = urlsplit(url).hostname or "?"
    return Found(
        source="prefect",
        entry=f"{what} {host}",
        place=host,
        name=host,
        reason=f"its blocks are on {host}, and {why}; import where that server runs, with the "
        "folder of its home",
    )


def _first(settings: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((settings[name] for name in names if settings.get(name)), None)


def _profile(path: str, name: str | None) -> dict[str, str]:
    """The settings of the active profile; empty if there is none."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            # Reading a pipe might never end.
            raise ValueError
        with open(path, "rb") as file:
            tables = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"cannot read Prefect's profiles in {path} ({type(error).__name__}); mend the file, or "
            "name Prefect's database: storage import prefect PATH"
        ) from None
    profiles = tables.get("profiles")
    active = name or tables.get("active")
    profile = None
    if isinstance(profiles, dict) and isinstance(active, str):
        profile = profiles.get(active)
    return {key: str(value) for key, value in profile.items()} if isinstance(profile, dict) else {}
