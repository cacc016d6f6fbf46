"""Whole processes from start to exit: the cost of a worker, and of a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.servers.azurite import azurite
from tests.servers.gcs import gcs
from tests.servers.s3 import REGION

from .figures import PEAK, Figure, compared
from .measure import PROGRAMS, PYTHON, STORAGE, Sample, Subject, in_turn, process, python
from .servers import configure_msc, configure_ours, s3
from .stage import configurations, configure

Samples = Mapping[str, Sequence[Sample]]


def local(folder: Path) -> list[Figure]:
    """Local Storage."""
    configure(folder, configurations(20, folder))
    samples = in_turn(
        {
            "ours": _program("ours"),
            "raw fsspec": _program("fsspec", folder / "blob"),
            "multi-storage-client": _program("msc", configure_msc(folder), "local", "a/b"),
        },
        rounds=25,
    )
    work = "cold: open the default of 20 (Local), write, read 1 KiB"
    return [
        *_beside("1", work, samples, {"raw fsspec": 0.33}),
        *_beside("2", work, samples, {"multi-storage-client": 0.1}),
    ]


def cloud(folder: Path) -> list[Figure]:
    """S3 with keys in the configuration."""
    with s3(folder) as bucket:
        configure_ours(folder, bucket.table())
        profiles = configure_msc(folder, bucket)
        samples = in_turn(
            {
                "ours": _program("ours"),
                "boto3": _program("boto3", *bucket.blob("boto3/a")),
                "s3fs": _program("s3fs", *bucket.blob("s3fs/a")),
                "multi-storage-client": _program("msc", profiles, "s3", "msc/a"),
                # With its Rust client some processes crash at exit, after their work is done.
                "multi-storage-client, Rust": _program(
                    "msc", profiles, "rust", "msc/b", crashes=True
                ),
            },
            rounds=11,
        )
    asked = {"boto3": 0.28, "s3fs": 0.15}
    asked |= {"multi-storage-client": 0.15, "multi-storage-client, Rust": 0.15}
    return [
        *_beside("3", "cold: the same on S3, keys in the configuration", samples, asked),
        *_beside("6", "peak memory of the same on S3", samples, {"s3fs": 0.4, "boto3": 0.5}, PEAK),
    ]


def profile(folder: Path) -> list[Figure]:
    """S3 with a profile."""
    with s3(folder) as bucket:
        keys = folder / "credentials"
        keys.write_text(
            f"[bench]\naws_access_key_id = {bucket.server.access_key_id}\n"
            f"aws_secret_access_key = {bucket.server.secret_access_key}\n"
        )
        config = folder / "config"
        config.write_text(f"[profile bench]\nregion = {REGION}\n")
        files = {"AWS_SHARED_CREDENTIALS_FILE": str(keys), "AWS_CONFIG_FILE": str(config)}
        configure_ours(
            folder,
            f'type = "s3"\nbucket = "{bucket.name}"\nprofile_name = "bench"\n'
            f'endpoint_url = "{bucket.server.endpoint_url}"\n',
        )
        samples = in_turn(
            {
                "ours": _program("ours", **files),
                "boto3": _program("boto3", *bucket.blob("boto3/a")[:-2], **files),
            },
            rounds=11,
        )
    return _beside("4", "cold: the same on S3 with a profile", samples, {"boto3": 0.6})


def others(folder: Path) -> list[Figure]:
    """Azure and Google Cloud."""
    with azurite(folder) as azure:
        container = azure.new_container()
        configure_ours(
            folder,
            f'type = "azure"\ncontainer = "{container}"\n'
            f'connection_string = "{azure.connection_string}"\n',
        )
        on_azure = in_turn(
            {
                "ours": _program("ours"),
                "azure-storage-blob": _program("azure", azure.connection_string, container, "a"),
            },
            rounds=9,
        )
    with gcs(folder) as google:
        bucket = google.new_bucket()
        account = folder / "account.json"
        account.write_text(google.service_account_json)
        configure_ours(
            folder,
            f'type = "gcs"\nbucket = "{bucket}"\nproject = "{google.project}"\n'
            f'endpoint_url = "{google.endpoint_url}"\n'
            f'service_account_info = "file:{account}"\n',
        )
        on_google = in_turn(
            {
                "ours": _program("ours"),
                "gcsfs": _program(
                    "gcsfs", google.endpoint_url, google.project, account, f"{bucket}/a"
                ),
            },
            rounds=7,
        )
    return [
        *_beside("5", "cold: Azure, connection string", on_azure, {"azure-storage-blob": 0.25}),
        *_beside("5", "cold: GCS, service account", on_google, {"gcsfs": 0.4}),
    ]


def commands(folder: Path) -> list[Figure]:
    """The cost of `import storage_core`, and of `storage ls`."""
    configure(folder, configurations(20, folder))
    samples = in_turn(
        {
            "import": python("-c", "import storage_core"),
            "ls": process([STORAGE, "ls"]),
            "bare": python("-c", "pass"),
        },
        rounds=25,
    )
    bare = "bare Python"
    return [
        compared("7", "import storage_core", bare, samples["import"], samples["bare"], 1.4),
        compared("7", "storage ls of 20", bare, samples["ls"], samples["bare"], 4.5),
    ]


def layers(folder: Path) -> list[Figure]:
    """A file with a team's file beneath it, compared with one file."""
    one = folder / "one.toml"
    one.write_text(configurations(20, folder))
    near = folder / "near.toml"
    near.write_text(f'include = ["one.toml"]\n{configurations(20, folder)}')
    far = folder / "far.toml"
    far.write_text('include = ["one.toml"]\n[storage.mine]\ntype = "temporary"\n')
    samples = in_turn(
        {each.stem: _program("ours", STORAGE_CONFIG=str(each)) for each in (one, near, far)},
        rounds=25,
    )
    work = "cold: the default of 20 (Local) in the"
    return [
        compared("16", f"{work} nearer of two", "one file", samples["near"], samples["one"], 1.15),
        compared("16", f"{work} farther of two", "one file", samples["far"], samples["one"], 1.15),
    ]


def _program(name: str, *arguments: str | Path, crashes: bool = False, **variables: str) -> Subject:
    return process([PYTHON, PROGRAMS / f"cold_{name}.py", *arguments], crashes, **variables)


def _beside(
    row: str, work: str, samples: Samples, asked: Mapping[str, float], unit: str = "wall"
) -> list[Figure]:
    return [
        compared(row, work, name, samples["ours"], samples[name], limit, unit)
        for name, limit in asked.items()
    ]
