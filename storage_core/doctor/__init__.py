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
    from collections.abc import Iterator

    from storage_core.config.file import ConfigFile
    from storage_core.doctor.report import Finding


def examined(file: ConfigFile) -> Report:
    """Everything that can be found out about a configuration file on this machine."""
    return Report(tuple(found_out(file)))


def found_out(file: ConfigFile) -> Iterator[Finding]:
    """The same, one after the other: a keyring may take a second for each of its references."""
    from storage_core.doctor.report import cleaned

    return cleaned(_findings(file))


def _findings(file: ConfigFile) -> Iterator[Finding]:
    from storage_core.doctor import environment, files, machine, network, storages, terminal

    found, said = files.loaded(file)
    yield from said
    if found:
        yield from storages.findings(found)
    yield from network.findings()
    yield from environment.findings(found)
    yield from machine.findings()
    yield from terminal.findings()
