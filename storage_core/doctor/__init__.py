"""Reports what would be used here and why; contacts no server and shows no secret.

    report.py       the values: findings in sections, without what must not be shown
    files.py        the configuration file, its layers, their permissions, the default
    storages.py     each configuration: its engine, its certificates, its references
    network.py      proxies and certificates
    environment.py  environment variables that count here, and others that do not
    machine.py      versions, extras, clock, keyring, folders
    terminal.py     what the terminal can do

Nothing here imports a driver: versions are read from the metadata of the installed packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.doctor.report import Report as Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage_core.config.file import ConfigFile
    from storage_core.doctor.report import Finding


def examined(file: ConfigFile) -> Report:
    """Find out everything that can be known about a configuration file on this machine."""
    return Report(tuple(found_out(file)))


def found_out(file: ConfigFile) -> Iterator[Finding]:
    """Yield the findings of `examined` one by one: a keyring may take a second per reference."""
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
