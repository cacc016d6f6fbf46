"""Makes a `Place` of a configuration, for each storage type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from storage_core.declaration.configuration import StorageConfiguration, resolved
from storage_core.errors import ConfigurationError
from storage_core.exporting.chosen import Chosen
from storage_core.exporting.places import (
    GCS,
    S3,
    Azure,
    Folder,
    Other,
    Place,
    Server,
    Unknown,
)
from storage_core.exporting.settings import LEFT_OUT, PASSWORD_IN, Settings, Value, digest_of
from storage_core.paths import absolute, local_folder
from storage_core.redaction import mask_url
from storage_core.references import source_of
from storage_core.types.azure import AzureBlobStorage
from storage_core.types.file import FileStorage
from storage_core.types.gcs import GoogleCloudStorage
from storage_core.types.local import LocalStorage
from storage_core.types.s3 import S3Storage
from storage_core.types.temporary import TemporaryLocalStorage

_OURS: Final = (*("protected", "read_only", "tags", "timeout", "engine", "key_type"),)
"""The settings that only Storage has."""

_S3: Final = ("s3", "s3a")
_GCS: Final = ("gs", "gcs")
_AZURE: Final = ("az", "abfs", "abfss")
_AZURE_HOSTS: Final = (".dfs.core.windows.net", ".blob.core.windows.net")
_WEBDAV: Final = ("webdav", "dav", "webdavs", "davs")
_SFTP: Final = ("sftp", "ssh")


def places_of(chosen: Chosen, *, variables: bool) -> list[Place]:
    """Where the configurations lead.

    Args:
        chosen: the configurations.
        variables: whether the form can take any text from a variable; if not, references that
            are not secrets are resolved now.

    Raises:
        ConfigurationError: a reference cannot be resolved.
    """
    return [_place(each, chosen.reveal, variables) for each in chosen.configurations]


def _place(configuration: StorageConfiguration, reveal: bool, variables: bool) -> Place:
    described = _Described(configuration, Settings(configuration, reveal=reveal), variables)
    for cls, describe in _BY_TYPE.items():
        if type(configuration) is cls:
            return describe(described)
    return Unknown(**described.common())


class _Described:
    """One configuration while its place is being made: Options lose what is taken from them."""

    def __init__(
        self, configuration: StorageConfiguration, settings: Settings, variables: bool
    ) -> None:
        self.configuration = configuration
        self.settings = settings
        self.options: dict[str, Any] = settings.options()
        self.notes: list[str] = []
        self.lost: list[str] = []
        """Parts of settings that only Storage has."""

        self.told: set[str] = set()
        """Entries of `left_out` that need no note here: the form has one for each."""

        self._variables = variables

    def common(self) -> dict[str, Any]:
        """The fields that all places have; call it last, when Options and notes are complete."""
        given = self.configuration.given()
        self.notes += [
            f"{each} {LEFT_OUT}"
            for each in self.settings.left_out
            if each.startswith(PASSWORD_IN) and each not in self.told
        ]
        return {
            "name": self.configuration.name or self.configuration.label,
            "label": self.configuration.label,
            "location": self.configuration.location,
            "notes": tuple(self.notes),
            "lost": (*(name for name in _OURS if name in given), *self.lost),
            "left_out": tuple(self.settings.left_out),
            "options": self.options,
            "ca_bundle": self.file("ca_bundle"),
        }

    def value(self, name: str) -> Value | None:
        """A setting; if the form has no variables, a reference that is not a secret is resolved."""
        found = self.settings.value(name)
        if found is None or found.reference is None or self._variables:
            return found
        declared = self.configuration.setting_named(name)
        assert declared is not None
        return found if declared.reference else self._looked_up(found)

    def required(self, name: str) -> Value:
        """A setting that is always given."""
        found = self.value(name)
        assert found is not None
        return found

    def text(self, name: str) -> str:
        """The text of a required setting; a reference is resolved."""
        found = self.required(name)
        if found.reference is not None:
            found = self._looked_up(found)
        assert found.text is not None
        return found.text

    def file(self, name: str) -> Value | None:
        """A setting that is a path, made absolute."""
        found = self.value(name)
        if found is None or found.text is None:
            return found
        return Value(setting=name, text=absolute(found.text))

    def take(self, name: str) -> Value | None:
        """Take a text out of Options; None if there is none."""
        found = self.options.get(name)
        if not isinstance(found, Value):
            return None
        del self.options[name]
        return found

    def take_flag(self, name: str) -> bool:
        """Take a boolean out of Options; False if there is none."""
        if not isinstance(self.options.get(name), bool):
            return False
        return bool(self.options.pop(name))

    def take_inner(self, table: str, name: str) -> Value | None:
        """Take a text out of a table inside Options; None if there is none."""
        inner = self.options.get(table)
        if not isinstance(inner, dict) or not isinstance(inner.get(name), Value):
            return None
        rest = {key: value for key, value in inner.items() if key != name}
        self.options[table] = rest
        if not rest:
            del self.options[table]
        found = inner[name]
        assert isinstance(found, Value)
        return found

    def _looked_up(self, value: Value) -> Value:
        declared = self.configuration.setting_named(value.setting)
        assert declared is not None
        assert value.reference is not None
        label = f"{self.configuration.name}: {declared.label}"
        self.notes.append(f"{value.setting} is what {source_of(value.reference)} says now")
        text = resolved(declared, value.reference, label)
        return Value(setting=value.setting, text=self.settings.without_password(declared, text))


def _s3(described: _Described) -> S3:
    return _s3_at(
        described,
        described.required("bucket"),
        described.value("prefix"),
    )


def _s3_at(described: _Described, bucket: Value, prefix: Value | None) -> S3:
    style = _addressing(described.options)
    # Options win over settings, as they do when the storage is opened.
    return S3(
        bucket=bucket,
        prefix=prefix,
        key=described.take_inner("client_kwargs", "aws_access_key_id")
        or _first(described, ("key", "username"), "aws_access_key_id"),
        secret=described.take_inner("client_kwargs", "aws_secret_access_key")
        or _first(described, ("secret", "password"), "aws_secret_access_key"),
        token=described.take_inner("client_kwargs", "aws_session_token")
        or _first(described, ("token",), "aws_session_token"),
        profile=_first(described, ("profile",), "profile_name"),
        region=described.take_inner("client_kwargs", "region_name")
        or described.value("region_name"),
        endpoint=described.take_inner("client_kwargs", "endpoint_url")
        or _first(described, ("endpoint_url",), "endpoint_url"),
        role=described.value("role_arn"),
        external_id=described.value("external_id"),
        sts_endpoint=described.value("sts_endpoint_url"),
        is_anonymous=described.take_flag("anon"),
        requester_pays=described.take_flag("requester_pays"),
        addressing=style,
        **described.common(),
    )


def _addressing(options: dict[str, Any]) -> str | None:
    """Take the addressing style out of Options, as a field of `S3`: None for `auto` too."""
    config = options.get("config_kwargs")
    inner = config.get("s3") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(inner, dict):
        return None
    style = inner.get("addressing_style")
    if not isinstance(style, Value) or style.text not in ("path", "virtual", "auto"):
        return None
    inner = {key: value for key, value in inner.items() if key != "addressing_style"}
    config = {key: value for key, value in config.items() if key != "s3"} | (
        {"s3": inner} if inner else {}
    )
    if config:
        options["config_kwargs"] = config
    else:
        del options["config_kwargs"]
    return None if style.text == "auto" else style.text


def _azure(described: _Described) -> Azure:
    return _azure_at(described, described.required("container"), described.value("prefix"))


def _azure_at(
    described: _Described, container: Value, prefix: Value | None, account: str | None = None
) -> Azure:
    named = Value(setting="base_path", text=account) if account else None
    return Azure(
        container=container,
        prefix=prefix,
        connection_string=_first(described, ("connection_string",), "connection_string"),
        account=_first(described, ("account_name",), "account_name") or named,
        host=described.take("account_host"),
        key=described.take("account_key") or described.take("credential"),
        signature=described.take("sas_token"),
        tenant=described.take("tenant_id"),
        client=described.take("client_id"),
        client_secret=described.take("client_secret"),
        is_anonymous=described.take_flag("anon"),
        **described.common(),
    )


def _gcs(described: _Described) -> GCS:
    return _gcs_at(described, described.required("bucket"), described.value("prefix"))


def _gcs_at(described: _Described, bucket: Value, prefix: Value | None) -> GCS:
    token = described.options.pop("token", None)
    anonymous = isinstance(token, Value) and token.text == "anon"
    info = None if token is None or anonymous else _credentials(token)
    return GCS(
        bucket=bucket,
        prefix=prefix,
        project=_first(described, ("project",), "project"),
        info=info or described.value("service_account_info"),
        endpoint=_first(described, ("endpoint_url",), "endpoint_url"),
        is_anonymous=anonymous,
        **described.common(),
    )


def _credentials(token: Any) -> Value | None:
    """The credentials in `token` of Options: JSON, as text or as a table, or a file with it."""
    name = "options.token"
    if isinstance(token, dict):
        from json import dumps

        texts = {key: each.text if isinstance(each, Value) else each for key, each in token.items()}
        known = None not in texts.values()
        if known:
            return Value(setting=name, text=dumps(texts))
        secrets = [
            (key, (each.text, each.reference, each.digest) if isinstance(each, Value) else each)
            for key, each in token.items()
        ]
        return Value(setting=name, digest=digest_of(secrets))
    if not isinstance(token, Value):
        return None
    if token.text is None or token.text.lstrip().startswith("{"):
        return token
    # These words choose Google's own ways to sign in.
    is_word = token.text in ("google_default", "cloud", "cache", "browser")
    return None if is_word else Value(setting=name, reference=f"file:{token.text}")


def _local(described: _Described) -> Folder:
    path = described.file("storage_path")
    assert path is not None
    return Folder(path=path, **described.common())


def _temporary(described: _Described) -> Folder:
    from storage_core.paths import prefect_home

    return Folder(path=Value(setting="", text=prefect_home()), **described.common())


def _file(described: _Described) -> Place:
    base_path = described.text("base_path")
    local = local_folder(base_path)
    if local is not None:
        return Folder(path=Value(setting="base_path", text=absolute(local)), **described.common())
    protocol, _, rest = base_path.partition("://")
    protocol = protocol.lower()
    if protocol in (*_S3, *_GCS, *_AZURE):
        return _bucket(described, protocol, rest)
    if protocol in (*_SFTP, *_WEBDAV, "ftp", "http", "https"):
        return _server(described, protocol, base_path)
    return Other(url=base_path, **described.common())


def _bucket(described: _Described, protocol: str, rest: str) -> Place:
    place, _, prefix_text = rest.strip("/").partition("/")
    prefix = Value(setting="base_path", text=prefix_text) if prefix_text else None
    # `abfs://container@account.dfs.core.windows.net/folder`
    container, at, host = place.partition("@")
    bucket = Value(setting="base_path", text=container if at and protocol in _AZURE else place)
    if protocol in _S3:
        return _s3_at(described, bucket, prefix)
    if protocol in _GCS:
        return _gcs_at(described, bucket, prefix)
    account = host.partition(".")[0] if host.endswith(_AZURE_HOSTS) else None
    return _azure_at(described, bucket, prefix, account)


def _server(described: _Described, protocol: str, url: str) -> Server:
    """A server, from its URL and from Options, which may override parts of it."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise ConfigurationError(
            f"{described.configuration.name}: {mask_url(url)} names no port that there is; correct "
            "Base Path"
        ) from None
    user = Value(setting="base_path", text=unquote(parts.username)) if parts.username else None
    password = None
    if parts.password:
        password = Value(setting="base_path", text=unquote(parts.password))
    elif "@" in parts.netloc and (
        (left_out := f"{PASSWORD_IN} base_path") in described.settings.left_out
    ):
        # Without an @, the password that is left out was in the query.
        password = described.settings.value(left_out)
        described.told.add(left_out)
    path = parts.path + (f"#{parts.fragment}" if parts.fragment else "")
    if parts.query:
        described.lost.append("the query in base_path")
    host = parts.netloc.rpartition("@")[2]
    if protocol in _WEBDAV:
        base = described.take("base_url")
        scheme = "https" if protocol.endswith("s") else "http"
        address = (base.text if base else None) or f"{scheme}://{host}"
        # With `base_url` there is no host in the URL: what looks like one belongs to the path.
        path = f"/{host}{path}" if base else path
        user, password = _auth(described) or (user, password)
        url, kind = f"{address.rstrip('/')}/{path.strip('/')}".rstrip("/"), "webdav"
    elif protocol in ("http", "https"):
        url, kind = f"{protocol}://{host}{path}", "http"
    else:
        url, kind = "", "sftp" if protocol in _SFTP else "ftp"
    number = described.options.get("port")
    if isinstance(number, int):
        port = number
        del described.options["port"]
    return Server(
        protocol=kind,
        url=url,
        host=described.take("host") or Value(setting="base_path", text=parts.hostname or ""),
        port=port,
        path=path,
        user=described.take("username") or user,
        password=described.take("password") or password,
        **described.common(),
    )


def _auth(described: _Described) -> tuple[Value, Value] | None:
    """Take the user and password of WebDAV out of Options; None if they are not there."""
    auth = described.options.get("auth")
    if not isinstance(auth, list) or len(auth) != 2:
        return None
    user, password = auth
    if not isinstance(user, Value) or not isinstance(password, Value):
        return None
    del described.options["auth"]
    return user, password


def _first(described: _Described, options: tuple[str, ...], setting: str) -> Value | None:
    """The first of several keys of Options that is given, else the setting."""
    for name in options:
        if (found := described.take(name)) is not None:
            return found
    return described.value(setting)


_BY_TYPE: Final[dict[type[StorageConfiguration], Callable[[_Described], Place]]] = {
    S3Storage: _s3,
    AzureBlobStorage: _azure,
    GoogleCloudStorage: _gcs,
    LocalStorage: _local,
    TemporaryLocalStorage: _temporary,
    FileStorage: _file,
}
