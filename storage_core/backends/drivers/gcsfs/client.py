"""gcsfs as the GCS backend needs it: its session, and how it signs in. Called by that backend."""

from __future__ import annotations

import os
from logging import NullHandler, getLogger
from typing import TYPE_CHECKING, Any, Final, NoReturn

# gcsfs reads it at its import; without, it looks for a service of Google's for two minutes wherever
# there is none.
os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")

import aiohttp
import gcsfs

from storage_core.backends.remote.faults import Redirected
from storage_core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCOPE: Final = "https://www.googleapis.com/auth/devstorage.full_control"

# Without a handler Python would print what they log to the terminal.
for _name in ("gcsfs", "google"):
    getLogger(_name).addHandler(NullHandler())


class Driver(gcsfs.GCSFileSystem):  # type: ignore[misc]
    """gcsfs without its retries, which take half a minute to say that a password is wrong.

    Closed by the backend only: in a forked child it must not be.
    """

    _request = gcsfs.GCSFileSystem._request.__wrapped__

    @staticmethod
    def close_session(*_args: Any, **_kwargs: Any) -> None: ...


async def open_session(driver: Any) -> None:
    """Begin a session that follows no redirect."""
    session = dict(driver.session_kwargs)
    watch = aiohttp.TraceConfig()
    watch.on_request_redirect.append(_refuse_redirect)
    session["trace_configs"] = [*session.get("trace_configs", ()), watch]
    driver.session_kwargs = session
    await driver._set_session()


def credentials_of(info: Mapping[str, Any], location: str) -> Any:
    """What gcsfs takes for a token, from the JSON of an account.

    Raises:
        ConfigurationError: they are not the credentials of a service account.
    """
    if "refresh_token" in info:
        # A user's own sign-in; gcsfs knows what to do with it.
        return dict(info)
    from google.oauth2.service_account import Credentials

    build: Any = Credentials.from_service_account_info

    try:
        return build(info, scopes=[_SCOPE])
    except ValueError:
        pass
    # Not raised above: what Google's library says may show a part of the key.
    raise ConfigurationError(
        f"{location}: Service Account Info is incomplete or its private key is damaged; "
        "download the JSON again"
    )


async def _refuse_redirect(*_args: Any) -> NoReturn:
    raise Redirected
