"""The data in the pictures: a configuration file, files of other tools, and blobs."""

from __future__ import annotations

import json
import pickle
import random
from datetime import timedelta
from typing import Final

from storage_core.keys import content_name

CONFIGURATION: Final = """\
# Where our results live. Secrets are references; this file is in git.
version = 1
default = "prod-results"

[storage.prod-results]
id = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"
type = "s3"
bucket = "acme-results"
aws_access_key_id = "AKIAEXAMPLE"
aws_secret_access_key = "env:PROD_S3_SECRET"
region_name = "eu-west-1"
protected = true

[storage.staging]
id = "c27d0a4e-0f52-4a0f-9d43-5f1be2b7a6d8"
type = "s3"
bucket = "acme-staging"
profile_name = "acme-staging"
region_name = "eu-west-1"

[storage."東京 archive"]
id = "5d21f0b7-9c3e-4b86-a1f4-70c8e2d95b13"
type = "s3"
bucket = "acme-tokyo"
aws_access_key_id = "AKIAEXAMPLE"
aws_secret_access_key = "env:TOKYO_S3_SECRET"
region_name = "ap-northeast-1"

[storage.laptop]
id = "a0286a5b-6d0e-4d0b-8a4a-3b1d3b1a7c55"
type = "local"
storage_path = "~/storage"
tags = ["dev"]

[storage."team share"]
id = "85f213bd-3f7e-4f1e-9a52-0d7a4c0c9e21"
type = "file"
base_path = "webdav://files/team"
key_type = "timestamp"

[storage.reports]
id = "3e9b6c11-58a7-4c64-b0a9-f2f4d1c7e08a"
type = "azure"
container = "reports"
connection_string = "env:REPORTS_CONNECTION"
tags = ["team"]

[storage.models]
id = "0b6cc214-9a3d-4f4b-8f0e-6f7f6d5e4c3b"
type = "gcs"
bucket = "acme-modells"
project = "acme-research"

[storage.scratch]
id = "d4f7a9c2-1e65-4a37-8b90-6c2e5d18f3a4"
type = "kv"
api_address = "http://kv:4300"
"""

INCLUDING: Final = CONFIGURATION.replace(
    "version = 1\n", 'version = 1\ninclude = ["~/team.toml"]\n'
)
"""A configuration file with a team's file beneath it."""

TOOLS: Final = {
    ".aws/config": """\
[profile research]
region = eu-central-1
sso_session = acme
sso_account_id = 123456789012
sso_role_name = researcher
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
""",
    ".config/rclone/rclone.conf": """\
[nas]
type = sftp
host = nas.acme.example
user = deploy
key_file = ~/.ssh/id_ed25519

[minio]
type = s3
provider = Minio
access_key_id = AKIAEXAMPLE
secret_access_key = unused-unused
endpoint = http://minio.acme.example:9000

[forecasts]
type = alias
remote = minio:forecasts/nightly

[backup]
type = crypt
remote = minio:backup
""",
    ".mc/config.json": """\
{"version": "10", "aliases": {"lab": {"url": "http://lab.acme.example:9000",
 "accessKey": "AKIAEXAMPLE", "secretKey": "unused-unused", "api": "S3v4", "path": "auto"}}}
""",
}
"""Files of other tools, below the home."""

TEAM: Final = """\
[storage.staging]
type = "s3"
bucket = "acme-staging-all"

[storage.datasets]
id = "e1a4f6d0-7c2b-4f58-9b3e-2d6c5a4f3e21"
type = "s3"
bucket = "acme-datasets"
profile_name = "acme-prod"
read_only = true
tags = ["shared"]

[storage.artifacts]
id = "9f0d3b7e-5a61-4c28-8e94-1b7a6d5c4e30"
type = "gcs"
bucket = "acme-artifacts"
project = "acme-research"
tags = ["shared"]
"""

UNREADABLE: Final = CONFIGURATION.replace('bucket = "acme-staging"', 'bucket = "acme-staging')

MISSPELT: Final = CONFIGURATION.replace("region_name", "regoin_name", 1).replace(
    "container = ", "contaner = "
)

UNSAFE: Final = CONFIGURATION.replace("env:TOKYO_S3_SECRET", "x" * 20)
"""A configuration file with a secret written in it, instead of a reference."""

RESULTS: Final = "s3://acme-results"
"""Where the blobs below lie."""

SUMMARY: Final = json.dumps(
    {
        "flow": "nightly-forecast",
        "run": "c0d1f6a2-3b84-4e57-9d20-8f1a6e7b5c43",
        "state": "completed",
        "started": "2026-11-23T11:38:02Z",
        "seconds": 84.6,
        "stores": ["Antwerp", "Göteborg", "Zürich", "東京"],
        "forecast": {
            "horizon_days": 14,
            "mean_absolute_error": 0.0417,
            "currency": "EUR",
            "by_store": {
                "Antwerp": 18250.5,
                "Göteborg": 9127.25,
                "Zürich": 22310.0,
                "東京": 41876.75,
            },
        },
        "warnings": [],
        "retrained": False,
        "previous": None,
    },
    ensure_ascii=False,
).encode()

_SCORES: Final = pickle.dumps(
    {f"store-{number:03}": round(0.9 + number / 3700, 4) for number in range(240)}, protocol=5
)
_FEATURES: Final = b"PAR1" + random.Random(7).randbytes(874_368)
_FLOW: Final = b"from forecast import nightly\n\nnightly.run()\n"
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _named(word: str) -> str:
    return content_name(word.encode())


BLOBS: Final[dict[str, tuple[bytes | int, timedelta]]] = {
    "results/forecast-2026-11-23.json": (SUMMARY, 3 * _MINUTE),
    f"results/{_named('features')}": (_FEATURES, 12 * _MINUTE),
    "results/scores-2026-11-23.pickle": (_SCORES, 26 * _MINUTE),
    f"flows/{_named('nightly-forecast')}": (48_213, 41 * _MINUTE),
    "flows/nightly_forecast.py": (_FLOW, 41 * _MINUTE),
    f"results/{_named('orders')}": (402_653_184, 2 * _HOUR),
    f"results/{_named('customers')}": (7_340_032, 2 * _HOUR + 9 * _MINUTE),
    "results/forecast-2026-11-22.json": (612, _DAY + 2 * _MINUTE),
    f"results/{_named('features before')}": (18_612_224, _DAY + 14 * _MINUTE),
    f"results/{_named('returns')}": (96_468, _DAY + 3 * _HOUR),
    "results/model-2026-11.onnx": (1_288_490_189, 2 * _DAY),
    f"results/{_named('basket')}": (33_554_432, 2 * _DAY + 4 * _HOUR),
    f"flows/{_named('weekly-report')}": (31_907, 3 * _DAY),
    "flows/weekly_report.py": (2_804, 3 * _DAY),
    f"results/{_named('stock')}": (5_242_880, 4 * _DAY),
    "results/report-2026-W47.pdf": (774_144, 5 * _DAY),
    f"results/{_named('prices')}": (1_153_434, 6 * _DAY),
    "results/forecast-2026-11-16.json": (608, 7 * _DAY),
    "results/report-2026-W46.pdf": (769_024, 12 * _DAY),
    f"results/{_named('suppliers')}": (214_016, 16 * _DAY),
    "results/model-2026-10.onnx": (1_273_810_124, 31 * _DAY),
    f"results/{_named('empty')}": (0, 48 * _DAY),
    "flows/backfill_2025.py": (5_121, 312 * _DAY),
}
"""By key, the bytes (or how many) and how long ago they were written."""


def saved() -> dict[str, tuple[bytes | int, timedelta]]:
    """Blobs that a run saved a minute ago: a data frame, an array, the code of a flow."""
    from datetime import datetime
    from io import BytesIO
    from tarfile import TarFile, TarInfo

    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    numbers = np.random.default_rng(7)
    rows = 1_460
    stores = ["Antwerp", "Göteborg", "Zürich", "東京"]
    frame = pa.table(
        {
            "store": [stores[row % 4] for row in range(rows)],
            "day": pa.array(
                [datetime(2025, 11, 24) + timedelta(days=row // 4) for row in range(rows)],  # noqa: DTZ001
                pa.timestamp("us"),
            ),
            "orders": numbers.integers(120, 2_400, rows),
            "revenue": numbers.normal(18_000, 4_000, rows).round(2),
            "forecast": numbers.normal(18_000, 2_500, rows).round(2),
            "holiday": [row % 29 == 0 for row in range(rows)],
            "promotions": [["black friday"] * (row % 3 == 0) for row in range(rows)],
            "comment": ["stock-taking" if row % 41 == 7 else None for row in range(rows)],
        }
    )
    table, weights, code = BytesIO(), BytesIO(), BytesIO()
    parquet.write_table(frame, table, compression="zstd")
    np.save(weights, numbers.normal(size=(64, 12)).astype("float32"))
    with TarFile(fileobj=code, mode="w") as archive:
        for name, size in (("forecast/__init__.py", 0), ("forecast/model.py", 5_310),
                           ("forecast/stores.toml", 812), ("nightly.py", 1_204)):  # fmt: skip
            member = TarInfo(name)
            member.size, member.mode = size, 0o755 if name == "nightly.py" else 0o644
            archive.addfile(member, BytesIO(b"#" * size))
    made = ((table, "results", "parquet"), (weights, "results", "npy"), (code, "flows", "tar"))
    return {
        f"{kind}/{content_name(file.getvalue())}.{suffix}": (file.getvalue(), age * _MINUTE)
        for age, (file, kind, suffix) in enumerate(made)
    }


OTHERS: Final[dict[str, tuple[bytes | int, timedelta]]] = {
    "raw/2025/orders.parquet": (812_646_400, 300 * _DAY),
    "raw/2026/orders.parquet": (402_653_184, _DAY),
    "raw/customers.csv": (18_350_080, 2 * _HOUR),
    "raw/stores.json": (4_812, 9 * _DAY),
    "raw/weather 2026-11.csv": (1_204_224, 41 * _MINUTE),
    "exports/README.txt": (612, 40 * _DAY),
    "models/demand/weights.npy": (96_468_992, 6 * _DAY),
}
"""Blobs that other programs keep in the same bucket."""
