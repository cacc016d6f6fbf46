"""Edits the text of a configuration file: text in, text out, no file touched.

Only the lines concerned change; every other character is copied. Each result is parsed and compared
with the data that was meant, so an edit is either right or refused.

Every operation raises `TextError` if the text is not TOML or a table is written in a form that
cannot be edited safely, `StorageNotFound` if there is no such table, and `ConfigConflict` if a new
name is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from storage_core.config.toml.layout import Layout
from storage_core.config.toml.plain import BOM
from storage_core.config.toml.scan import Path, lines
from storage_core.config.toml.text import TextError, parse, parse_strictly
from storage_core.config.toml.values import MISSING, dig, plain, same, with_value, written_key
from storage_core.errors import ConfigConflict, StorageNotFound

_FIRST_LINES: Final = "version = 1\n"


def set_root(text: str, key: str, value: object | None) -> str:
    """Set `key` before the first header, for example `default`; None removes it."""
    if value is None and key not in parse(text):
        return text
    text = _begun(text)
    return _changed(text, {(): {key: value}})


def add_table(text: str, path: Path, values: Mapping[str, object]) -> str:
    """Add a table such as `[storage.NAME]` behind the last one of its family, else at the end.

    A mapping in `values` becomes a table below it; None is left out. An empty text gets its
    `version` first.
    """
    text = _begun(text)
    data, parent = parse(text), path[:-1]
    if dig(data, path) is not MISSING:
        raise _taken(path)
    if dig(data, parent) is not MISSING and not isinstance(dig(data, parent), dict):
        raise _refused(text, path)
    new = {key: plain(value) for key, value in values.items() if value is not None}
    layout = Layout(text)
    if layout.is_inline(parent):
        layout.change(parent, {path[-1]: new})
    else:
        layout.append_table(path, new)
    return _checked(text, layout.result(), path, with_value(data, path, new))


def update_table(text: str, path: Path, changes: Mapping[str, object | None]) -> str:
    """Set the keys of one table to new values; None removes a key.

    A mapping is the whole new value of an inner table; what is the same in it stays untouched.
    """
    return update_tables(text, {path: changes})


def update_tables(text: str, changes: Mapping[Path, Mapping[str, object | None]]) -> str:
    """Set keys of several tables as `update_table` sets those of one, in one step."""
    for path in changes:
        if not isinstance(dig(parse(text), path), dict):
            raise _not_there(path)
    try:
        return _changed(text, changes)
    except TextError:
        if len(changes) < 2:
            raise
    # Several may stand in the same braces.
    for path, values in changes.items():
        text = _changed(text, {path: values})
    return text


def remove_table(text: str, path: Path) -> str:
    """Remove a table with all that is in it; comments around it stay."""
    return remove_tables(text, path[:-1], [path[-1]])


def remove_tables(text: str, parent: Path, keys: Sequence[str]) -> str:
    """Remove several tables of one family as `remove_table` removes one.

    To remove one after the other would read and verify the whole text as often.
    """
    intended = parse(text)
    for key in keys:
        if dig(intended, (*parent, key)) is MISSING:
            raise _not_there((*parent, key))
        intended = with_value(intended, (*parent, key), MISSING)
    if not keys:
        return text
    layout = Layout(text)
    layout.change(parent, dict.fromkeys(keys, MISSING))
    return _checked(text, layout.result(), (*parent, keys[0]), intended, may_vanish=True)


def rename_table(text: str, path: Path, new_name: str) -> str:
    """Change the last name of a table, wherever it is written, and nothing else."""
    data = parse(text)
    new_path = (*path[:-1], new_name)
    moved = dig(data, path)
    if moved is MISSING:
        raise _not_there(path)
    if new_path == path:
        return text
    if dig(data, new_path) is not MISSING:
        raise _taken(new_path)
    layout = Layout(text)
    layout.rename(path, new_name)
    intended = with_value(with_value(data, path, MISSING), new_path, moved)
    return _checked(text, layout.result(), path, intended)


def _begun(text: str) -> str:
    """`text`, or the first lines of a new file if it is blank."""
    if text.removeprefix(BOM).strip():
        return text
    return BOM * text.startswith(BOM) + _FIRST_LINES


def _changed(text: str, changes: Mapping[Path, Mapping[str, object | None]]) -> str:
    intended = parse(text)
    layout = Layout(text)
    about: Path = ()
    for path, values in changes.items():
        new = {key: MISSING if value is None else plain(value) for key, value in values.items()}
        for key, value in new.items():
            intended = with_value(intended, (*path, key), value)
        layout.change(path, new)
        if path and dig(intended, path) == {}:
            layout.keep_empty(path)
        about = about or path or tuple(new)[:1]
    return _checked(text, layout.result(), about, intended)


def _checked(
    before: str, after: str, path: Path, intended: dict[str, Any], *, may_vanish: bool = False
) -> str:
    try:
        data = parse_strictly(after)
    except TextError:
        raise _refused(before, path) from None
    for length in range(len(path) - 1, 0, -1) if may_vanish else ():
        # A parent without a header disappears with the last table in it.
        if dig(intended, path[:length]) == {} and dig(data, path[:length]) is MISSING:
            intended = with_value(intended, path[:length], MISSING)
    if same(data, intended):
        return after
    raise _refused(before, path)


def _refused(text: str, path: Path) -> TextError:
    standing = lines(text)
    known = [path[:length] for length in range(len(path), 0, -1) if path[:length] in standing]
    return TextError(
        standing[known[0]] if known else None,
        f"{written_key(*path)} is written in a way that cannot be changed safely; edit it by hand",
    )


def _not_there(path: Path) -> StorageNotFound:
    return StorageNotFound(f"there is no [{written_key(*path)}] in the configuration file")


def _taken(path: Path) -> ConfigConflict:
    return ConfigConflict(f"[{written_key(*path)}] exists already; choose another name")
