"""Import from the Multi-Storage Client: what its files say; the client itself is in `tests/tools`.

Expected: YAML with profiles. Found (multi-storage-client 1.3): only the first file that exists is
read, but rclone's beside it; `$VAR` stands for a variable anywhere, and nothing stands for a `$`.
"""

from __future__ import annotations

import json
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.errors import ConfigurationError
from storage_core.importing.sources import msc
from storage_core.types.gcs import GoogleCloudStorage
from storage_core.types.local import LocalStorage
from storage_core.types.s3 import S3Storage
from tests.importing.using import named, opened, shown
from tests.servers.s3 import S3Server


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its file, which a test writes."""
    path = tmp_path / "msc.yaml"
    monkeypatch.setenv("MSC_CONFIG", str(path))
    return path


def test_reads_a_blob_with_keys_that_stay_in_variables(
    file: Path, monkeypatch: pytest.MonkeyPatch, s3_server: S3Server
) -> None:
    bucket, data = s3_server.new_bucket(), token_hex(20).encode()
    s3_server.client.put_object(Bucket=bucket, Key="team/a/results/x", Body=data)
    monkeypatch.setenv("THE_KEY", s3_server.access_key_id)
    monkeypatch.setenv("THE_SECRET", s3_server.secret_access_key)
    file.write_text(
        f"""
profiles:
  data:
    storage_provider:
      type: s3
      options:
        base_path: {bucket}/team/a/
        endpoint_url: {s3_server.endpoint_url}
        region_name: us-east-1
        multipart_threshold: 1000000
    credentials_provider:
      type: S3Credentials
      options: {{access_key: "${{THE_KEY}}", secret_key: $THE_SECRET}}
"""
    )

    (found,) = msc.found()

    assert (found.name, found.place, found.asks, found.lost) == ("data", str(file), None, ())
    assert found.settings["aws_access_key_id"] == "env:THE_KEY"
    assert found.settings["aws_secret_access_key"] == "env:THE_SECRET"
    assert opened(found).read("results/x") == data
    assert s3_server.secret_access_key not in shown([found])


def test_profiles_come_to_what_they_mean(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION", "eu")
    monkeypatch.setenv("BUCKET", "b/from/variable")
    file.write_text(
        """
profiles:
  s3:
    storage_provider:
      type: s8k
      options:
        base_path: $BUCKET
        region_name: ${REGION}-west-1
        profile_name: corp
        verify: /etc/ca.pem
        s3: {addressing_style: virtual}
        infer_content_type: true
    caching_enabled: true
    replicas: [{replica_profile: x, read_priority: 1}]
  public:
    storage_provider:
      {type: s3, options: {base_path: "", signature_version: UNSIGNED, verify: false}}
  azure:
    storage_provider:
      {type: azure, options: {base_path: c/p, endpoint_url: "https://acme.blob.core.windows.net"}}
    credentials_provider: {type: DefaultAzureCredentials}
  connection:
    storage_provider: {type: azure, options: {base_path: c, endpoint_url: ""}}
    credentials_provider:
      {type: AzureCredentials, options: {connection: "${AZURE_CONNECTION}"}}
  signed:
    storage_provider:
      {type: azure, options: {base_path: c, endpoint_url: "https://h/acme?sv=1&sig=S"}}
  google:
    storage_provider: {type: gcs, options: {base_path: b, project_id: p}}
    credentials_provider:
      {type: GoogleServiceAccountCredentialsProvider, options: {file: /keys/sa.json}}
  inline:
    storage_provider: {type: gcs, options: {base_path: b}}
    credentials_provider:
      type: GoogleServiceAccountCredentialsProvider
      options: {info: {type: service_account, private_key: KEY}}
  disk:
    storage_provider: {type: file, options: {base_path: /data}}
"""
    )

    found = {each.name: each for each in msc.found()}

    assert found["s3"].settings == {
        "bucket": "b",
        "prefix": "from/variable",
        "profile_name": "corp",
        "region_name": "eu-west-1",
        "ca_bundle": "/etc/ca.pem",
        "options": {"config_kwargs": {"s3": {"addressing_style": "virtual"}}},
    }
    assert found["s3"].lost == (
        "the option infer_content_type",
        "its replicas: blobs go to this one place only",
    )
    assert found["public"].settings == {"options": {"anon": True}}
    assert found["public"].asks == "bucket"
    assert "certificates are always checked" in found["public"].lost[0]
    assert found["azure"].settings == {
        "container": "c",
        "prefix": "p",
        "account_name": "acme",
    }
    assert found["connection"].settings == {
        "container": "c",
        "connection_string": "env:AZURE_CONNECTION",
    }
    assert found["signed"].settings == {
        "container": "c",
        "connection_string": "BlobEndpoint=https://h/acme;SharedAccessSignature=sv=1&sig=S",
    }
    assert found["google"].cls is GoogleCloudStorage
    assert found["google"].settings["service_account_info"] == "file:/keys/sa.json"
    assert json.loads(found["inline"].settings["service_account_info"])["private_key"] == "KEY"
    assert found["disk"].cls is LocalStorage
    assert found["disk"].settings == {"storage_path": "/data"}
    assert not any(each.reason for each in found.values())


def test_a_variable_that_is_not_set_yet_is_a_reference_all_the_same(file: Path) -> None:
    file.write_text(
        """
profiles:
  x:
    storage_provider: {type: s3, options: {base_path: b}}
    credentials_provider:
      {type: S3Credentials, options: {access_key: "${LATER}", secret_key: "${LATER_TOO}"}}
  half:
    storage_provider: {type: s3, options: {base_path: b}}
    credentials_provider: {type: S3Credentials, options: {access_key: "${LATER}"}}
"""
    )

    found = msc.found()

    assert named(found, "x").settings["aws_secret_access_key"] == "env:LATER_TOO"
    assert named(found, "half").reason == "it has no access_key or no secret_key"


def test_what_cannot_be_expressed_says_why_and_hides_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = token_hex(16)
    monkeypatch.setenv("DOLLAR", f"pa$word-{secret}")
    file.write_text(
        f"""
profiles:
  oci: {{storage_provider: {{type: oci, options: {{base_path: b}}}}}}
  many: {{storage_provider_profiles: [a, b], metadata_provider: {{type: x}}}}
  bundle: {{provider_bundle: {{type: a.B}}}}
  unset: {{storage_provider: {{type: s3, options: {{base_path: b, region_name: "x-$NO_SUCH"}}}}}}
  dollar:
    storage_provider: {{type: s3, options: {{base_path: b, region_name: "${{DOLLAR}}-x"}}}}
  number:
    storage_provider: {{type: s3, options: {{base_path: b}}}}
    credentials_provider:
      {{type: S3Credentials, options: {{access_key: 123, secret_key: {secret}}}}}
  own:
    storage_provider: {{type: s3, options: {{base_path: b}}}}
    credentials_provider: {{type: my.Credentials, options: {{secret: {secret}}}}}
  relative: {{storage_provider: {{type: file, options: {{base_path: data}}}}}}
  text: {secret}
  list: {{storage_provider: [{secret}]}}
  _implicit: {{storage_provider: {{type: s3, options: {{base_path: b}}}}}}
  good: {{storage_provider: {{type: s3, options: {{base_path: b}}}}}}
"""
    )

    found = {each.name: each for each in msc.found()}

    assert {name: each.reason for name, each in found.items()} == {
        "oci": "its type is oci, which Storage does not have",
        "many": "it is made of several profiles; import those",
        "bundle": "it is made by a Python class (provider_bundle)",
        "unset": "its region_name needs the variable NO_SUCH, which is not set",
        "dollar": "its region_name has a $ in what a variable stands for",
        "number": "its access_key is no text; put it in quotes",
        "own": "it signs in by my.Credentials, which Storage cannot",
        "relative": "its base_path is relative to wherever a program is started; write the whole "
        "path",
        "text": "it is no table",
        "list": "its storage_provider is no table",
        "_implicit": "its name begins with _, which it does not allow",
        "good": "",
    }
    assert secret not in shown(found.values())


def test_the_first_file_found_is_the_only_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "user"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"{tmp_path}/etc")
    monkeypatch.setenv("MSC_CONFIG", str(tmp_path / "given.yaml"))
    candidates = [
        tmp_path / "given.yaml",
        tmp_path / "xdg/msc/config.yaml",
        tmp_path / "xdg/msc/config.json",
        home / ".msc_config.yaml",
        home / ".msc_config.json",
        home / ".config/msc/config.yaml",
        tmp_path / "etc/msc/config.json",
    ]
    profile = {"storage_provider": {"type": "s3", "options": {"base_path": "b"}}}
    assert msc.found() == []
    for candidate in reversed(candidates):
        candidate.parent.mkdir(parents=True, exist_ok=True)
        candidate.write_text(json.dumps({"profiles": {"x": profile, "__filesystem__": {}}}))

        (found,) = msc.found()

        assert found.place == str(candidate)
        assert found.cls is S3Storage
    assert msc.found(str(home))[0].place == str(home / ".msc_config.yaml")


def test_included_files_are_read_and_may_not_disagree(file: Path, tmp_path: Path) -> None:
    def profile(bucket: str) -> str:
        return f"{{storage_provider: {{type: s3, options: {{base_path: {bucket}}}}}}}"

    file.write_text(f"include: [team.yaml]\nprofiles:\n  a: {profile('a')}\n  b: {profile('b')}\n")
    (tmp_path / "team.yaml").write_text(
        f"profiles:\n  a: {profile('a')}\n  b: {profile('other')}\n  c: {profile('c')}\n"
    )

    found = msc.found()

    assert named(found, "a").reason == ""
    assert "two files define it differently" in named(found, "b").reason
    assert named(found, "c").place == str(tmp_path / "team.yaml")

    (tmp_path / "team.yaml").unlink()
    with pytest.raises(ConfigurationError, match=r"team\.yaml: does not exist"):
        msc.found()


def test_damage_is_one_error_that_names_file_and_line(file: Path) -> None:
    secret = token_hex(16)
    damaged = {
        f"profiles:\n  a: '{secret}\n": "is no YAML",
        f"a: {secret}\n\tb: 1\n": f"{file}, line 2: is no YAML",
        f"when: 2026-99-99  # {secret}\n": "is no YAML",
        f"!!python/object:os.system {secret}\n": f"{file}, line 1: is no YAML",
        f"- {secret}\n": "is no table of settings",
        f"profiles: {secret}\n": "has profiles that are no table",
        "[" * 3_000: "is no YAML",
        "a: \x00\n": "is no YAML",
        "include: x\n": "include that is no list of paths",
    }
    for text, said in damaged.items():
        file.write_text(text)
        with pytest.raises(ConfigurationError) as raised:
            msc.found()
        assert said in str(raised.value)
        assert secret not in repr(raised.value)
        assert raised.value.__context__ is None

    file.write_bytes(b"a: \xe9\n")
    with pytest.raises(ConfigurationError, match="line 1: is no UTF-8 text"):
        msc.found()
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigurationError, match="is a folder"):
        msc.found()


def test_a_few_lines_that_stand_for_billions_are_refused_at_once(file: Path) -> None:
    lines = ["profiles:", "  a:", "    x0: &x0 {k: v}"]
    for number in range(1, 40):
        below = ", ".join(f"k{n}: *x{number - 1}" for n in range(9))
        lines.append(f"    x{number}: &x{number} {{{below}}}")
    lines.append("    storage_provider: {type: s3, options: {base_path: b, s3: *x39}}")
    file.write_text("\n".join(lines))

    assert "more than 1000 values" in msc.found()[0].reason


def test_bom_crlf_and_an_empty_file(file: Path) -> None:
    text = "profiles:\n  x: {storage_provider: {type: s3, options: {base_path: b}}}\n"
    for data in (b"\xef\xbb\xbf" + text.encode(), text.replace("\n", "\r\n").encode()):
        file.write_bytes(data)

        assert msc.found()[0].settings == {"bucket": "b"}
    file.write_text("")
    assert msc.found() == []
