"""What botocore knows of services, read once for all sessions of a process."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.loaders import create_loader


@cache
def descriptions(data_path: str | None) -> Any:
    """What botocore knows about S3, read once: every session would read it again, in 0.1 s."""
    loader = create_loader(data_path)
    for part in ("service-2", "endpoint-rule-set-1"):
        loader.load_service_model("s3", part)
    for name in ("endpoints", "partitions", "sdk-default-configuration"):
        loader.load_data(name)
    return loader
