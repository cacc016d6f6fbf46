"""What generated keys look like; what is accepted as a key is tested with the stores."""

from __future__ import annotations

import uuid

from storage_core.keys import random_name


def test_a_random_name_is_a_version_4_uuid_without_dashes() -> None:
    names = {random_name() for _ in range(1000)}
    assert len(names) == 1000
    for name in names:
        parsed = uuid.UUID(name)
        assert (parsed.hex, parsed.version, parsed.variant) == (name, 4, uuid.RFC_4122)
