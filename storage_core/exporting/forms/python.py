"""A script that opens the same places with fsspec's own file systems, without Storage."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from storage_core.exporting.chosen import Chosen, Written
from storage_core.exporting.comments import about, absent, commented
from storage_core.exporting.describing import places_of
from storage_core.exporting.forms.file_systems import FileSystem, file_system
from storage_core.exporting.names import Variables, free
from storage_core.exporting.places import GCS, S3, Place, variables_of
from storage_core.exporting.settings import Value
from storage_core.printable import printable

LABEL: Final = "a Python script that needs fsspec only"

_FILE: Final = '''\
def _file(path):
    """The text of a file, without the line break at its end."""
    with open(path, encoding="utf-8", newline="") as file:
        return file.read().removesuffix("\\n").removesuffix("\\r")
'''

_ROLE: Final = '''\
def _role(key, secret, token, profile, region, address, **role):
    """Keys of a role, which is assumed with other keys, or with those of AWS's own tools."""
    from botocore.session import Session

    session = Session(profile=profile)
    sts = session.create_client(
        "sts", region, endpoint_url=address,
        aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token,
    )
    found = sts.assume_role(RoleSessionName="storage", **role)["Credentials"]
    return {
        "key": found["AccessKeyId"],
        "secret": found["SecretAccessKey"],
        "token": found["SessionToken"],
    }
'''

_BASIC: Final = '''\
def _basic(user, password):
    """The header by which a server of HTTP knows somebody."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
'''

_MAIN: Final = """\
if __name__ == "__main__":
    name, path = sys.argv[1:]
    sys.stdout.buffer.write(STORAGES[name]().cat_file(path))
"""


def written(chosen: Chosen) -> Written:
    """Write a script that has for each configuration a function that returns a file system."""
    places = places_of(chosen, variables=True)
    functions: dict[str, str] = {}
    for place in places:
        functions[place.name] = free(_function(place.name), functions.values(), "_")
    variables = Variables(functions, variables_of(places))
    bodies, notes, packages = [], [], ["fsspec"]
    for place in places:
        found = file_system(place)
        writer = _Writer(place, variables)
        body = [*writer.function(functions[place.name], found)]
        bodies.append("\n".join(body) + "\n")
        packages += [each for each in found.packages if each not in packages]
        notes += [f"{place.name}: {each}" for each in writer.said]
    text = "\n\n".join([_head(places, bodies, packages), *bodies, _table(functions), _MAIN])
    return Written(text, tuple(notes))


def _head(places: list[Place], bodies: list[str], packages: list[str]) -> str:
    whole = "\n".join(bodies)
    is_basic = "=_basic(" in whole or ": _basic(" in whole
    imports = ["import sys"]
    if "os." in whole or _has_own_google(places):
        imports.insert(0, "import os")
    if "json.loads(" in whole:
        imports.insert(0, "import json")
    if is_basic:
        imports.insert(0, "import base64")
    lines = [
        '"""Opens exported storages: `python THIS NAME results/KEY`, or import a function.',
        "",
        f"    pip install {' '.join(packages)}",
        '"""',
        "",
        *imports,
        "",
    ]
    if _has_own_google(places):
        lines += [
            "# Else gcsfs asks an endpoint of one's own for what only Google has, for a minute.",
            'os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")',
            "",
        ]
    lines += ["import fsspec", "from fsspec.implementations.dirfs import DirFileSystem"]
    if "keyring.get_password(" in whole:
        lines += ["import keyring"]
    head = "\n".join(lines) + "\n"
    helpers = [_FILE] if "_file(" in whole else []
    helpers += [_BASIC] if is_basic else []
    helpers += [_ROLE] if "_role(" in whole else []
    return "\n\n".join([head, *helpers])


def _has_own_google(places: list[Place]) -> bool:
    return any(isinstance(place, GCS) and place.endpoint for place in places)


def _table(functions: dict[str, str]) -> str:
    lines = [f"    {name!r}: {function}," for name, function in functions.items()]
    return "\n".join(["STORAGES = {", *lines, "}"]) + "\n"


def _function(name: str) -> str:
    found = re.sub(r"\W+", "_", name).strip("_").lower() or "storage"
    if not found.isidentifier():
        found = f"storage_{found}"
    taken = {"base64", "fsspec", "json", "keyring", "os", "sys"}
    return f"{found}_" if keyword.iskeyword(found) or found in taken else found


@dataclass(frozen=True)
class _Basic:
    """The user and password of a header for Basic authentication."""

    user: Value
    password: Value


def _with_login(headers: Any, login: tuple[Value, Value]) -> dict[str, Any]:
    """The headers of Options, with one for Basic authentication unless they have their own."""
    found = dict(headers) if isinstance(headers, dict) else {}
    if any(each.lower() == "authorization" for each in found):
        return found
    return {**found, "Authorization": _Basic(*login)}


class _Writer:
    """Writes the function of one place."""

    def __init__(self, place: Place, variables: Variables) -> None:
        self._place = place
        self._variables = variables
        self.said: list[str] = []

    def function(self, name: str, found: FileSystem) -> Iterator[str]:
        """The lines of the function."""
        place = self._place
        lines = [*self._body(found)]
        self.said += found.notes
        self.said += about(place, understood={*place.options})
        yield f"def {name}():"
        yield f"    # {printable(place.label)} {printable(place.name)}: {printable(place.location)}"
        yield from commented(self.said, "    ")
        yield from lines

    def _body(self, found: FileSystem) -> Iterator[str]:
        arguments = dict(found.arguments)
        place = self._place
        if isinstance(place, S3) and place.role:
            yield "    role = _role("
            for name, value in {
                "key": arguments.pop("key", None),
                "secret": arguments.pop("secret", None),
                "token": arguments.pop("token", None),
                "profile": arguments.pop("profile", None),
                "region": place.region,
                "address": place.sts_endpoint,
                "RoleArn": place.role,
                **({"ExternalId": place.external_id} if place.external_id else {}),
            }.items():
                yield f"        {name}={self._code(value)},"
            yield "    )"
        if found.login is not None:
            arguments["headers"] = _with_login(arguments.get("headers"), found.login)
        if found.url is not None:
            yield "    fs, path = fsspec.core.url_to_fs("
            yield f"        {self._code(found.url)},"
        else:
            yield "    fs = fsspec.filesystem("
            yield f"        {found.protocol!r},"
        if isinstance(place, S3) and place.role:
            yield "        **role,"
        for name, value in arguments.items():
            if name.isidentifier() and not keyword.iskeyword(name):
                yield f"        {name}={self._code(value, name)},"
            else:
                yield f"        **{{{name!r}: {self._code(value, name)}}},"
        yield "    )"
        if found.url is not None:
            yield "    return DirFileSystem(path, fs)"
        elif not found.path:
            yield "    return fs"
        elif len(found.path) == 1:
            yield f"    return DirFileSystem({self._code(found.path[0])}, fs)"
        else:
            parts = ", ".join(self._code(part) for part in found.path)
            yield f'    return DirFileSystem("/".join([{parts}]), fs)'

    def _code(self, value: Any, name: str = "") -> str:
        """A Python expression for `value`, which is the argument `name`."""
        if isinstance(value, dict):
            inner = ", ".join(f"{key!r}: {self._code(each)}" for key, each in value.items())
            return f"{{{inner}}}"
        if isinstance(value, list):
            return f"[{', '.join(map(self._code, value))}]"
        if isinstance(value, tuple):
            return f"({', '.join(map(self._code, value))})"
        if isinstance(value, _Basic):
            return f"_basic({self._code(value.user)}, {self._code(value.password)})"
        if not isinstance(value, Value):
            is_plain = value is None or isinstance(value, bool | int | str)
            return repr(value) if is_plain else self._other(value)
        place = self._place
        if isinstance(place, GCS) and value is place.info and name == "token":
            if value.file is not None:
                return repr(value.file)
            return f"json.loads({self._text(value)})"
        return self._text(value)

    def _other(self, value: Any) -> str:
        """An expression for a float, which may be infinite or NaN, or for a date as text."""
        return f"float({str(value)!r})" if isinstance(value, float) else repr(str(value))

    def _text(self, value: Value) -> str:
        if value.text is not None:
            return repr(value.text)
        if value.variable is not None:
            return f"os.environ[{value.variable!r}]"
        if value.file is not None:
            return f"_file({value.file!r})"
        if value.keyring is not None:
            service, user = value.keyring
            return f"keyring.get_password({service!r}, {user!r})"
        variable = self._variables.of(self._place.name, value.setting)
        self.said.append(absent(value, f"set the variable {variable} to it"))
        return f"os.environ[{variable!r}]"
