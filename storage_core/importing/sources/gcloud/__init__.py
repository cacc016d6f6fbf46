"""Google Cloud: configurations of gcloud, and the credentials that Google's libraries find.

Credentials stay in their files, to which configurations refer. They are those of a service account,
a person or a workload, or of one of these that acts as a service account.

    configurations.py   gcloud's configurations: project, account, endpoint
    credentials.py      credentials files, and whether they can be used
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from storage_core.importing.files import wrong
from storage_core.importing.found import Found
from storage_core.importing.sources.gcloud import configurations, credentials
from storage_core.importing.values import as_it_is
from storage_core.paths import shortened
from storage_core.types.gcs import GoogleCloudStorage

if TYPE_CHECKING:
    from collections.abc import Iterator

LABEL: Final = "Google Cloud"

_EMULATOR: Final = "STORAGE_EMULATOR_HOST"


def places() -> list[str]:
    """gcloud's folder, and the credentials file that a variable names."""
    named = os.environ.get(credentials.VARIABLE)
    return [_folder(), *([named] if named else [])]


def found(path: str | None = None) -> list[Found]:
    """The entries for what gcloud and Google's libraries use.

    Args:
        path: a folder of gcloud, or a credentials file.

    Raises:
        ConfigurationError: the path has neither configurations of gcloud nor credentials.
    """
    if path is None:
        return [*_here(), *_emulator()]
    path = os.path.abspath(os.path.expanduser(path))
    if os.path.isdir(path):
        result = [*_in_folder(path, with_variables=False)]
        if not result:
            remedy = "name a folder such as ~/.config/gcloud"
            raise wrong(path, "has no configurations of gcloud", remedy)
        return result
    # A single file hides no other: if it is not JSON, that is an error, not a reason.
    credentials.require_json(path)
    return [credentials.found(path, shortened(path), None, is_default=True)]


def _here() -> Iterator[Found]:
    yield from _in_folder(_folder(), with_variables=True)


def _in_folder(folder: str, *, with_variables: bool) -> Iterator[Found]:
    settings = configurations.read(folder, with_variables=with_variables)
    active = next((each for each in settings if each.is_active and not each.is_empty), None)
    for each in settings:
        if not each.is_empty:
            yield configurations.found(each, folder)
    named = os.environ.get(credentials.VARIABLE) if with_variables else None
    project = active.project if active else ""
    if named:
        path = os.path.abspath(os.path.expanduser(named))
        place = f"{shortened(path)} ({credentials.VARIABLE})"
        yield credentials.found(path, place, project, is_default=active is None)
    path = os.path.join(folder, credentials.DEFAULT)
    if os.path.exists(path):
        is_default = active is None and not named
        yield credentials.found(path, shortened(path), project, is_default=is_default)


def _emulator() -> Iterator[Found]:
    """The emulator that a variable sends Google's libraries to; it needs no credentials."""
    host = os.environ.get(_EMULATOR)
    if host:
        url = host if "://" in host else f"http://{host}"
        yield Found(
            source="gcloud",
            entry=_EMULATOR,
            place="the environment",
            name="gcs-emulator",
            cls=GoogleCloudStorage,
            settings={"endpoint_url": as_it_is(url), "options": {"token": "anon"}},
            asks="bucket",
        )


def _folder() -> str:
    folder = os.environ.get("CLOUDSDK_CONFIG") or os.path.join("~", ".config", "gcloud")
    return os.path.abspath(os.path.expanduser(folder))
