"""What would be used, and why, without asking a server and without a secret.

    report.py       the values: findings in sections; what must not be shown is taken out of them
    files.py        the configuration file, its layers, who may read and write them, the default
    storages.py     each configuration: its engine, its certificates, its references
    network.py      proxies and certificates
    environment.py  variables that count here, and those of others that do not
    machine.py      versions, extras, clock, keyring, folders
    terminal.py     what the terminal can do

Nothing here imports a driver: what is installed is read from what the installer has written down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.doctor.report import Report as Report

if TYPE_CHECKING:
    from storage_core.config.file import ConfigFile


def examined(file: ConfigFile) -> Report:
    """Everything that can be found out about a configuration file on this machine."""
    from storage_core.doctor import environment, files, machine, network, storages, terminal
    from storage_core.doctor.report import gathered

    found, said = files.loaded(file)
    return gathered(
        [
            *said,
            *(storages.findings(found) if found else ()),
            *network.findings(),
            *environment.findings(found),
            *machine.findings(),
            *terminal.findings(),
        ]
    )
