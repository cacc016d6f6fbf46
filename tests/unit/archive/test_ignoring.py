"""Ignore files, as git reads them: git itself is asked.

expected (gitignore(5)) and found (dulwich 1.2.21, git 2.39.5): the same in each of 1,000 seeded
sets of everyday patterns. Left out are forms about which git itself has changed its mind (`a**/b`
differs between git 2.39 and 2.55).
"""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from storage_core.blobs.archive.folder import flow_code_at
from storage_core.errors import StorageError
from tests.unit.archive.folders import filled

TREE: Final = (
    *("flow.py", "README.md", "setup.cfg", "notes.txt", "todo.TXT", "a.log", "data", "x y.txt"),
    *("#hash", "!bang", "[x]", "back\\slash", "star*", "q?", "trailing ", ".hidden", ".env"),
    *("src/flow.py", "src/a.log", "src/build/out.o", "src/build/keep.me", "src/data/raw.csv"),
    *("src/data/deep/er/raw.csv", "src/data/deep/keep.txt", "src/notes.txt", "src/.hidden"),
    *("build/out.o", "build/keep.me", "build/sub/out.o", "build/sub/notes.txt"),
    *("logs/a.log", "logs/b.log", "logs/keep/a.log", "logs/2026/11/a.log", "logs/2026/keep.txt"),
    *("docs/build/index.html", "docs/a/b/c.md", "docs/a/README.md", "docs/data", "docs/x y.txt"),
    *("tests/data/raw.csv", "tests/test_a.py", "tests/a/b/c.py", "tests/é.txt", "tests/Build/x"),
    *("a/b", "a/c/b", "a/c/d/b", "foo/bar/baz", "foo/x/bar/baz", "bar/foo", "deep/foo/bar/foo"),
)

PATTERNS: Final = (
    *("*.log", "*.py", "*.o", "*.txt", "*.TXT", "build", "build/", "/build", "/build/", "data"),
    *("data/", "/data", "src/build", "src/build/", "/src/data", "src/*", "src/**", "src/**/*.csv"),
    *("**/build", "**/data/", "**/a.log", "/**/notes.txt", "logs/", "logs/*", "logs/**", "logs/*/"),
    *("logs/**/a.log", "**/logs/**", "docs/*/b", "docs/**/c.md", "docs/a", "*.md", "README.*"),
    *(
        "*",
        "*/",
        "/*",
        "/*/",
        "**",
        "**/",
        ".*",
        ".hidden",
        "/.env",
        "?.log",
        "[ab].log",
        "[!a].log",
    ),
    *("[^a].log", "[a-c]*", "[[:alpha:]].log", "*.c[so]v", "note?.txt", "foo", "foo/bar", "foo/**"),
    *(
        "foo/**/baz",
        "**/foo/bar",
        "bar/",
        "a/b",
        "a/*/b",
        "a/**/b",
        "/a/c/",
        "b",
        "baz",
        "deep/*/bar",
    ),
    *(
        "x y.txt",
        "x\\ y.txt",
        "trailing\\ ",
        "trailing ",
        "notes.txt  ",
        "\\#hash",
        "#hash",
        "\\!bang",
    ),
    *(
        "!bang",
        "\\[x\\]",
        "[x]",
        "back\\\\slash",
        "star\\*",
        "q\\?",
        "q?",
        "é.txt",
        "Build",
        "build/sub",
    ),
    *(
        "keep.me",
        "keep",
        "raw.csv",
        "tests/",
        "[",
        "[a",
        "foo[",
        "a\\",
        "/",
        "!",
        "//",
        "",
        "   ",
        "\t",
    ),
    *("# comment", "src/", "/src", "docs", "*.", "*a*", "*.*", "er/", "deep", "11", "2026/*", "c"),
)


AT_ONCE: Final = 20
"""Folders that git is asked about at a time: a process takes longer than an answer."""


class Oracle:
    """Folders whose ignore files we read, and git."""

    def __init__(self, folder: Path, tree: Iterable[str]) -> None:
        files = dict.fromkeys(tree, b"")
        self._ours = filled(folder / "ours", files)
        self._theirs = folder / "theirs"
        for number in range(AT_ONCE):
            filled(self._theirs / str(number), files)
        self._git = folder / "git"
        subprocess.run(["git", "init", "-q", "--bare", self._git], check=True)

    def compare(self, cases: Sequence[Mapping[str, bytes]]) -> None:
        """Ask both of the same folder with each of these sets of ignore files."""
        for start in range(0, len(cases), AT_ONCE):
            self._compare(cases[start : start + AT_ONCE])

    def _compare(self, cases: Sequence[Mapping[str, bytes]]) -> None:
        written = [
            self._write(self._theirs / str(number), _joined(files))
            for number, files in enumerate(cases)
        ]
        theirs: list[set[str]] = [set() for _ in range(AT_ONCE)]
        for name in self._listed_by_git():
            number, _, inner = name.partition("/")
            theirs[int(number)].add(inner)
        for path in chain.from_iterable(written):
            path.unlink()
        for files, listed in zip(cases, theirs, strict=False):
            assert self._listed_by_us(files) == _without_rules(listed), files

    def _listed_by_git(self) -> list[str]:
        """What git would add."""
        listed = subprocess.run(
            [
                *("git", f"--git-dir={self._git}", f"--work-tree={self._theirs}"),
                *("-c", "core.ignoreCase=false", "-c", "core.bare=false"),
                *("ls-files", "-z", "--others", "--exclude-per-directory=.gitignore"),
            ],
            cwd=self._theirs,
            capture_output=True,
            check=True,
        )
        return listed.stdout.decode().split("\0")[:-1]

    def _listed_by_us(self, files: Mapping[str, bytes]) -> set[str]:
        """What would be saved."""
        written = self._write(self._ours, files)
        try:
            return _without_rules(file.name for file in flow_code_at(self._ours).files)
        except StorageError as error:
            if "holds no files" not in str(error):
                raise
            return set()
        finally:
            for path in written:
                path.unlink()

    def _write(self, folder: Path, files: Mapping[str, bytes]) -> list[Path]:
        filled(folder, files)
        return [folder / name for name in files]


def _joined(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same for git: the lines of `.storageignore` stand behind those of `.gitignore`."""
    joined: dict[str, bytes] = {}
    for name in sorted(files):
        both = name.replace(".storageignore", ".gitignore")
        joined[both] = joined[both] + b"\n" + files[name] if both in joined else files[name]
    return joined


def _without_rules(names: Iterable[str]) -> set[str]:
    return {name for name in names if not name.endswith(("/.gitignore", "/.storageignore"))} - {
        ".gitignore",
        ".storageignore",
    }


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle(tmp_path_factory.mktemp("everyday"), TREE)


def everyday(seed: int) -> dict[str, bytes]:
    """Ignore files as people have them: some lines, some taken back, in one folder or more."""
    chance = random.Random(seed)
    folders = ["", *chance.sample(["src/", "logs/", "docs/", "build/", "foo/", "src/data/"], 2)]
    files = {}
    for folder in folders[: chance.choice((1, 1, 2, 3))]:
        for name in (".gitignore", ".storageignore"):
            lines = chance.sample(PATTERNS, chance.randint(1, 6))
            lines = [f"!{line}" if chance.random() < 0.3 else line for line in lines]
            end = chance.choice((b"\n", b"\n", b"\r\n"))
            if chance.random() < 0.6:
                files[folder + name] = end.join(line.encode() for line in lines) + end
    return files


def test_git_would_leave_out_the_same(oracle: Oracle) -> None:
    oracle.compare([everyday(seed) for seed in range(300)])


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_git_would_leave_out_the_same_in_thousands(oracle: Oracle) -> None:
    for start in range(1000, 11000, 500):
        oracle.compare([everyday(seed) for seed in range(start, start + 500)])


def saved(folder: Path, files: Mapping[str, bytes]) -> set[str]:
    return {file.name for file in flow_code_at(filled(folder, files)).files}


def test_git_and_what_python_has_compiled_never_go_in(tmp_path: Path) -> None:
    files = {
        **dict.fromkeys((".git/config", "sub/.git", "a/.GIT/x", "__pycache__/a.pyc"), b""),
        **dict.fromkeys(("sub/__pycache__/b.pyc", "git", ".github/x", "pycache/x"), b""),
        ".storageignore": b"!.git\n!__pycache__\n!*\n",
    }
    assert saved(tmp_path, files) == {"git", ".github/x", "pycache/x", ".storageignore"}


def test_storageignore_has_the_last_word_beside_gitignore_and_the_lower_folder_above(
    tmp_path: Path,
) -> None:
    files = {
        **dict.fromkeys(("data.csv", "model.bin", "x.log", "sub/x.log", "sub/data.csv"), b""),
        ".gitignore": b"data.csv\n*.log\n",
        ".storageignore": b"!data.csv\n*.bin\n",
        "sub/.gitignore": b"!x.log\ndata.csv\n",
    }
    assert saved(tmp_path, files) == {
        *("data.csv", "sub/x.log", ".gitignore", ".storageignore", "sub/.gitignore"),
    }


def test_only_the_ignore_files_of_the_folder_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(
        tmp_path,
        {
            ".gitignore": b"*\n",
            ".git/info/exclude": b"*\n",
            "flow/.git/info/exclude": b"*\n",
            "user/.config/git/ignore": b"*\n",
        },
    )
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user" / ".config"))
    assert saved(tmp_path / "flow", {"a": b"", "b/c": b""}) == {"a", "b/c"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (b"\xef\xbb\xbfa\nb\n", {"c", "a "}),  # a byte order mark
        (b"a\r\nb\r\n", {"c", "a "}),  # lines as Windows has them
        (b"a\\ \n", {"a", "b", "c"}),
        (b"a", {"b", "c", "a "}),  # no line break at its end
        (b"[\nb\n", {"a", "c", "a "}),  # a pattern that is none
        (b"A\n", {"a", "b", "c", "a "}),  # case counts, also where the disk has none
        (b"*\n!*\n", {"a", "b", "c", "a "}),
    ],
)
def test_lines_are_read_as_git_reads_them(tmp_path: Path, text: bytes, left: set[str]) -> None:
    files = {"a": b"", "b": b"", "c": b"", "a ": b""}
    # An ignore file that leaves itself out is followed all the same.
    assert saved(tmp_path, {**files, ".gitignore": text}) - {".gitignore"} == left


def test_what_is_ignored_is_not_even_looked_at(tmp_path: Path) -> None:
    files = {".gitignore": b"venv/\n*.sock\n", "flow.py": b"", "venv/Lib/x": b"", "venv/lib/x": b""}
    filled(tmp_path, files)
    (tmp_path / "venv" / "bin").symlink_to("/usr/bin")
    (tmp_path / "a.sock").symlink_to("nowhere")
    assert saved(tmp_path, {}) == {".gitignore", "flow.py"}


def test_a_name_meets_patterns_in_one_normal_form_on_every_system(tmp_path: Path) -> None:
    """As with git on macOS; git on Linux takes a name as the disk has it."""
    files = {"e\u0301.txt": b"", "x": b"", ".gitignore": "\u00e9.txt\n".encode()}
    assert saved(tmp_path, files) == {"x", ".gitignore"}


NAMES: Final = ("a", "b", "ab", "a b", ".a", "a.b", "é", "a\\b")
SMALL: Final = (
    *(f"{one}/{two}" for one in ("a", "ab") for two in NAMES),
    *(f"ba/{one}/{two}" for one in ("a", ".a") for two in NAMES),
    *("b", "a b", ".b", "a.b", "é", "a\\b"),
)
PIECES: Final = ("a", "b", "*", "?", "/", "/**/", "**/", "[ab]", "[!a]", "[a-", "\\", " ", ".", "é")


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """A line of an ignore file, likely or not."""
    sign = draw(st.sampled_from(("", "", "", "!", "/", "!/", "#", "**/")))
    middle = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=5)))
    line = sign + middle + draw(st.sampled_from(("", "", "/", "/*", "/**", " ")))
    # A slash needs no backslash; behind one, dulwich does not see what `**` is.
    line = re.sub(r"\\+/", "/", line)
    # Two stars inside of a name: git 2.39 and 2.55 differ.
    return re.sub(r"(?<=[^/!])\*{2,}|\*{2,}(?=[^/])", "*", line)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle(tmp_path_factory.mktemp("small"), SMALL)


@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    cases=st.lists(
        st.dictionaries(
            st.sampled_from([".gitignore", "a/.gitignore", "ba/a/.gitignore", ".storageignore"]),
            st.lists(patterns(), max_size=4).map(lambda lines: "\n".join(lines).encode()),
        ),
        min_size=20,
        max_size=20,
    )
)
def test_git_would_leave_out_the_same_by_patterns_that_nobody_has(
    small: Oracle, cases: list[dict[str, bytes]]
) -> None:
    small.compare(cases)
