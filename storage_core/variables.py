"""The environment variables that change what Storage does: the one list of them.

The clouds' own (`AWS_PROFILE`, `GOOGLE_APPLICATION_CREDENTIALS` …) are not here: they count where a
configuration leaves a choice to them, as the page on signing in says.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Variable(NamedTuple):
    """An environment variable."""

    name: str
    meaning: str
    """One or two sentences, with names and values as they are typed."""


OWN: Final = (
    Variable(
        "STORAGE_CONFIG",
        "The configuration file. Without it, and without --config, that is "
        "$PREFECT_HOME/storage.toml.",
    ),
    Variable(
        "STORAGE_CONFIG_TEXT",
        "The configuration itself in place of a file, as TOML or as base64:…; nothing can be "
        "changed in it, and STORAGE_CONFIG does not count then.",
    ),
    Variable(
        "PREFECT_HOME",
        "The folder of the configuration file, its history and Temporary Local Storage; "
        "~/.prefect where it is not set.",
    ),
    Variable(
        "STORAGE_DEFAULT",
        "The name or whole ID of the configuration that is the default in this process.",
    ),
    Variable(
        "STORAGE_ENGINE",
        "How requests to a cloud are made in this process: auto, direct or fsspec, whatever the "
        "configuration says.",
    ),
    Variable(
        "STORAGE_TIMEOUT",
        "How many seconds one call may take in this process, whatever the configuration says.",
    ),
    Variable(
        "STORAGE_DEBUG",
        "If set, an unexpected error also prints where in the code it happened; no values.",
    ),
)

NETWORK: Final = (
    Variable("HTTPS_PROXY", "The proxy for https; https_proxy wins. HTTP_PROXY is that for http."),
    Variable("NO_PROXY", "Hosts to be asked without a proxy, with commas between them."),
    Variable(
        "AWS_CA_BUNDLE",
        "A PEM file of certificates to trust besides the system's, for every type of storage; else "
        "REQUESTS_CA_BUNDLE, else SSL_CERT_FILE.",
    ),
)

TERMINAL: Final = (
    Variable("NO_COLOR", "If set, nothing is coloured."),
    Variable("VISUAL", "The editor in which the app opens the file; else EDITOR."),
    Variable(
        "XDG_STATE_HOME",
        "Where the app keeps its theme and what else is no configuration; ~/.local/state where it "
        "is not set.",
    ),
    Variable("PYTHON_KEYRING_BACKEND", "Which keyring keyring:SERVICE/USER is read from."),
)

VARIABLES: Final = (*OWN, *NETWORK, *TERMINAL)
