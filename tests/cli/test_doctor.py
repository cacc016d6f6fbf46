"""`storage doctor`: it finds what will fail, says what to do, and tells nothing secret."""

from __future__ import annotations

import os
import re
import socket
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.cli.conftest import Outcome, ended, run_process
from tests.cli.test_loading import DRIVERS, SCREENS, loaded
from tests.quoting import in_toml
from tests.reliability.canary import Canaries

Storage = Callable[..., Outcome]
Write = Callable[[str], None]

LOCAL = '[storage.laptop]\ntype = "local"\nstorage_path = "/data"\n'
S3 = '[storage.prod]\ntype = "s3"\nbucket = "acme-results"\n'


@pytest.fixture
def write(config: Path) -> Write:
    """Writes the configuration file, for its owner only."""

    def written(text: str) -> None:
        config.write_text(text)
        config.chmod(0o600)

    return written


def findings(outcome: Outcome, level: str) -> list[tuple[str, str, str | None]]:
    """What was found of one level."""
    return [
        (each["about"], each["text"], each["remedy"])
        for each in outcome.json["findings"]
        if each["level"] == level
    ]


def test_where_all_is_well_it_says_what_would_be_used(storage: Storage, write: Write) -> None:
    write(f'default = "laptop"\n{LOCAL}{S3}')
    outcome = storage("doctor")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("No problems")
    assert "laptop: Local Storage" in outcome.out
    assert "prod: S3 Storage, engine direct (auto)" in outcome.out
    assert "proxies: none" in outcome.out


def test_its_json_has_a_shape_that_stays(storage: Storage, write: Write) -> None:
    write(f"{LOCAL}{S3}")
    found = storage("doctor", "--json").json
    assert set(found) == {"healthy", "findings"}
    assert found["healthy"] is True
    for each in found["findings"]:
        assert list(each) == ["section", "about", "text", "remedy", "level"]
        assert each["section"] in (
            *("file", "storages", "network", "environment", "machine", "terminal"),
        )
        assert each["level"] in ("ok", "note", "problem")
    assert {each["section"] for each in found["findings"]} >= {"file", "storages", "machine"}


@pytest.mark.parametrize(
    ("text", "variables", "said", "remedy"),
    [
        (f'{S3}region_name = "env:REGION"\n', {}, "REGION is not set", "export it"),
        (
            f'{S3}aws_access_key_id = "A"\naws_secret_access_key = "file:/nowhere/secret"\n',
            {},
            "/nowhere/secret",
            "create the file",
        ),
        (
            f'{S3}aws_access_key_id = "A"\naws_secret_access_key = "keyring:storage/prod"\n',
            {},
            "no keyring",
            "env: or file:",
        ),
        (f"{LOCAL}bucket = 1\n", {}, "bucket", ""),
        ("[storage.x\n", {}, "storage.toml:1", ""),
        ('default = "gone"\n', {}, "gone", ""),
        ('include = ["gone.toml"]\n', {}, "gone.toml", "bring it back"),
        (f'{S3}engine = "direct"\noptions = {{ anon = true, x = 1 }}\n', {}, "x", "auto"),
        (f'{S3}ca_bundle = "/nowhere/ca.pem"\n', {}, "/nowhere/ca.pem", "bring the file back"),
        (LOCAL, {"STORAGE_DEFAULT": "gone"}, "names no configuration", "unset"),
        (S3, {"STORAGE_ENGINE": "quick"}, "names no engine", "auto, direct, fsspec"),
        (S3, {"STORAGE_TIMEOUT": "soon"}, "no number of seconds", "unset"),
        (S3, {"HTTPS_PROXY": "socks5://proxy:1080"}, "names no proxy", "http://HOST:PORT"),
        (S3, {"SSL_CERT_FILE": "/nowhere/ca.pem"}, "/nowhere/ca.pem", "SSL_CERT_FILE"),
    ],
    ids=lambda value: str(next(iter(value), "")) if isinstance(value, dict) else "",
)
def test_what_will_fail_is_a_problem_with_its_remedy(
    storage: Storage,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    variables: dict[str, str],
    said: str,
    remedy: str,
) -> None:
    write(text)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    outcome = storage("doctor", "--json")
    assert (outcome.code, outcome.err) == (1, "")
    found = findings(outcome, "problem")
    assert any(said in f"{about} {what}" and remedy in (do or "") for about, what, do in found), (
        found
    )
    shown = storage("doctor")
    assert shown.code == 1
    assert "problem" in shown.out.splitlines()[0]


def test_what_is_worth_knowing_is_no_problem(
    storage: Storage, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = tmp_path / "team.toml"
    team.write_text(f'{LOCAL}{S3}region_name = "env:REGION"\n')
    team.chmod(0o666)
    config.write_text(f"include = [{in_toml(team)}]\n{LOCAL}")
    config.chmod(0o666)
    for name, value in {
        "REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": "https://elsewhere.example.com",
        "ALL_PROXY": "socks5://x",
        "AZURE_STORAGE_CONNECTION_STRING": "x",
    }.items():
        monkeypatch.setenv(name, value)
    outcome = storage("doctor", "--json")
    assert outcome.code == 0, outcome.out
    notes = {f"{about}: {what}" for about, what, _ in findings(outcome, "note")}

    def one(*words: str) -> bool:
        return any(all(word in each for word in words) for each in notes)

    assert one("laptop", "hides")
    assert one("storage.toml", "written by others")
    assert one("team.toml", "everybody")
    assert one("1 reference", "env:REGION")
    assert one("AWS_ENDPOINT_URL", "counts for prod")
    assert one("ALL_PROXY", "counts for nothing")
    assert one("AZURE_STORAGE_CONNECTION_STRING", "counts for nothing")


def test_lines_fit_the_terminal(
    write: Write, terminal: Callable[..., pexpect.spawn], config: Path
) -> None:
    write(f'{S3}region_name = "env:SOME_VARIABLE_WITH_A_NAME_THAT_IS_RATHER_LONG"\n{LOCAL}')
    child = terminal("doctor")
    assert ended(child) == 1
    lines = child.before.replace("\r", "").split("\n")
    plain = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in lines]
    assert max(map(len, plain)) <= 80
    assert plain[0].startswith("1 problem")
    assert plain[1].startswith("✗ prod: region_name")
    assert any("xterm-256color, 80×24" in line for line in plain)


def test_a_usual_home_fits_one_screen(
    write: Write,
    terminal: Callable[..., pexpect.spawn],
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(config.parent))
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PROD_S3_SECRET", "x")
    write(
        f'default = "prod"\n{S3}aws_access_key_id = "A"\n'
        f'aws_secret_access_key = "env:PROD_S3_SECRET"\n{LOCAL}'
        '[storage.archive]\ntype = "gcs"\nbucket = "acme"\n'
        '[storage."team share"]\ntype = "file"\nbase_path = "sftp://files.example.com/share"\n'
        '[storage.cold]\ntype = "azure"\ncontainer = "cold"\naccount_name = "acme"\n'
    )
    child = terminal("doctor")
    assert ended(child) == 0
    lines = child.before.replace("\r", "").strip().split("\n")
    assert len(lines) <= 24
    plain = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in lines]
    firsts = [line.split()[0] for line in plain if line[:1].isalpha()]
    assert firsts == ["No", "File", "Storages", "Network", "Environment", "Machine", "Terminal"]
    assert any("proxies: none · certificates: " in line for line in plain)


def test_it_loads_no_driver_and_no_screen(write: Write) -> None:
    write(f'{LOCAL}{S3}[storage.g]\ntype = "gcs"\nbucket = "acme-results"\n')
    assert not loaded("doctor") & ((DRIVERS - {"google"}) | SCREENS | {"pydantic", "keyring"})


BACKEND = """
import sys, time
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority = 9
    def get_password(self, service, user):
        {does}
    def set_password(self, service, user, password):
        pass
"""


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("time.sleep(600)", "does not answer"),
        ("return input('Password: ')", "asks for its own password"),
        ("import getpass; return getpass.getpass()", "asks for its own password"),
    ],
    ids=["waits", "asks", "asks hidden"],
)
def test_a_keyring_that_waits_or_asks_does_not_hold_it_up(
    write: Write, tmp_path: Path, does: str, said: str
) -> None:
    write(f'{S3}aws_access_key_id = "A"\naws_secret_access_key = "keyring:storage/prod"\n')
    (tmp_path / "odd_keyring.py").write_text(BACKEND.format(does=does))
    child = pexpect.spawn(
        sys.executable,
        ["-m", "storage_core", "doctor"],
        env={
            **os.environ,
            "PYTHONPATH": str(tmp_path),
            "PYTHON_KEYRING_BACKEND": "odd_keyring.Keyring",
        },
        encoding="utf-8",
        timeout=60,
        dimensions=(50, 200),
    )
    child.expect(pexpect.EOF)
    assert said in " ".join(child.before.split())
    assert "Password: " not in child.before
    child.close(force=True)


def test_a_pipe_is_not_waited_for(storage: Storage, write: Write, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    path = in_toml(f"file:{tmp_path / 'pipe'}")
    write(f'{S3}aws_access_key_id = "A"\naws_secret_access_key = {path}\n')
    outcome = storage("doctor", "--json")
    assert outcome.code == 0
    assert any("not read" in what for _, what, _ in findings(outcome, "note"))


def test_without_a_file_it_says_that_this_is_fine(storage: Storage) -> None:
    outcome = storage("doctor")
    assert outcome.code == 0
    assert "does not exist" in " ".join(outcome.out.split())


def test_a_clock_that_is_years_off_is_a_problem(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage_core.doctor import machine

    monkeypatch.setattr(machine, "_EARLIEST", time.gmtime().tm_year)
    outcome = storage("doctor", "--json")
    assert outcome.code == 1
    assert any("clock" in about for about, _, _ in findings(outcome, "problem"))


def test_who_and_where_one_is_is_not_shown(
    storage: Storage, config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = tmp_path / "alice"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USER", "alice")
    monkeypatch.setenv("LOGNAME", "alice")
    monkeypatch.setenv("SSL_CERT_FILE", str(home / "ca.pem"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://{socket.gethostname()}:3128")
    monkeypatch.setattr(socket, "gethostname", lambda: "alices-laptop.example.com")
    monkeypatch.setenv("NO_PROXY", "alices-laptop.example.com,alices-laptop")
    config.write_text(
        f'{S3}aws_access_key_id = "A"\n'
        f"aws_secret_access_key = {in_toml(f'file:{home}/secret')}\n"
        '[storage.b]\ntype = "s3"\nbucket = "acme-results"\naws_access_key_id = "A"\n'
        'aws_secret_access_key = "file:/run/user/alice/secret"\n'
    )
    outcome = storage("doctor")
    assert outcome.code == 1
    for text in (outcome.out, storage("doctor", "--json").out):
        assert "~/secret" in text
        assert "alice" not in text


def test_nothing_secret_is_in_it_whatever_holds_a_secret(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canaries = Canaries()
    new = canaries.new

    def kept(name: str) -> str:
        path = tmp_path / name
        path.write_text(new(f"file {name}"))
        return in_toml(f"file:{path}")

    broken = in_toml(new("an unknown key"))
    config.write_text(
        f"{S3}aws_access_key_id = {in_toml(new('key'))}\n"
        f"aws_secret_access_key = {in_toml(new('secret'))}\n"
        f"aws_session_token = {kept('token')}\n"
        f"[storage.prod.options]\nclient_kwargs = {{ password = {in_toml(new('options'))} }}\n"
        f'[storage.share]\ntype = "file"\nbase_path = "ftp://me:{canaries.key("url")}@host/x"\n'
        f'[storage.azure]\ntype = "azure"\ncontainer = "c"\n'
        f"connection_string = {in_toml('AccountKey=' + canaries.key('connection'))}\n"
        f"[storage.kv]\ntype = \"kv\"\napi_address = \"http://127.0.0.1:1\"\n"
        f'token = "env:KV_TOKEN"\n'
        f'[storage.broken]\ntype = "s3"\nbucket = "acme-results"\npasword = {broken}\n'
        f"[storage.malformed]\ntype = \"s3\"\nbucket = \"b-1\"\naws_access_key_id = \"A\"\n"
        f"aws_secret_access_key = {in_toml('file:' + new('a malformed reference'))}\n"
    )  # fmt: skip
    environment = {
        **os.environ,
        "KV_TOKEN": new("variable"),
        "HTTPS_PROXY": f"http://me:{canaries.key('proxy')}@proxy.example.com:3128",
        "HTTP_PROXY": f"socks5://me:{canaries.key('odd proxy')}@proxy.example.com:3128",
        "ALL_PROXY": f"http://me:{canaries.key('other proxy')}@proxy.example.com:3128",
        "AWS_SECRET_ACCESS_KEY": new("AWS"),
        "AWS_ACCESS_KEY_ID": new("AWS key"),
        "AWS_ENDPOINT_URL": f"https://me:{canaries.key('endpoint')}@example.com",
        "AZURE_STORAGE_CONNECTION_STRING": new("Azure"),
        "FSSPEC_S3_SECRET": new("fsspec"),
        "STORAGE_DEFAULT": new("default"),
        "STORAGE_ENGINE": new("engine"),
        "STORAGE_TIMEOUT": new("timeout"),
        "PYTHON_KEYRING_BACKEND": new("keyring backend"),
        "TERM": new("terminal"),
        "TZ": new("zone"),
        "SSL_CERT_FILE": "/dev/null",
    }
    texts = []
    for arguments in (("doctor",), ("doctor", "--json")):
        done = run_process(*arguments, env=environment)
        assert done.returncode == 1
        texts += [done.stdout, done.stderr]
    # The same as text in the variable: nothing of it is repeated either.
    for text in (config.read_text(), new("text that is no TOML"), f"base64:{new('base64')}!"):
        done = run_process(
            "doctor", env={**environment, "STORAGE_CONFIG_TEXT": text.replace("{tmp}", "")}
        )
        texts += [done.stdout, done.stderr]
    for text in texts:
        assert "Traceback" not in text
        assert canaries.hits(text) == []
    # The search finds what is there.
    assert canaries.hits(config.read_text())


def test_the_file_is_only_read(storage: Storage, write: Write, config: Path) -> None:
    write(LOCAL)
    before = (config.read_bytes(), stat.S_IMODE(config.stat().st_mode), sorted(os.listdir(config.parent)))  # noqa: E501, PTH208  # fmt: skip
    storage("doctor")
    after: Any = (config.read_bytes(), stat.S_IMODE(config.stat().st_mode), sorted(os.listdir(config.parent)))  # noqa: E501, PTH208  # fmt: skip
    assert before == after
