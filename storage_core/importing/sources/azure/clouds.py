"""The hosts of storage accounts in each of Azure's clouds."""

from __future__ import annotations

import os
from configparser import ConfigParser
from typing import Final

from storage_core.importing.files import ini_of, text_of, values_of

_FILE: Final = "clouds.config"
_KNOWN: Final = {
    "": "",
    "AzureCloud": "",
    "AzureChinaCloud": "core.chinacloudapi.cn",
    "AzureGermanCloud": "core.cloudapi.de",
    "AzureUSGovernment": "core.usgovcloudapi.net",
}
_SUFFIX: Final = "suffix_storage_endpoint"


def suffix_of(cloud: str, folder: str) -> str | None:
    """The part of the host after `ACCOUNT.blob.`; empty for the public cloud, None if unknown.

    Args:
        cloud: the CLI's name for the cloud.
        folder: the CLI's folder, with a file of registered clouds.

    Raises:
        ConfigurationError: that file cannot be read.
    """
    path = os.path.join(folder, _FILE)
    if cloud in _KNOWN or not os.path.exists(path):
        return _KNOWN.get(cloud)
    text = text_of(path)
    parser = ini_of(path, text, ConfigParser())
    if not parser.has_section(cloud):
        return None
    return values_of(path, text, parser, cloud).get(_SUFFIX)
