"""Prefect with `RemoteFileSystem(basepath="storage://…")`: results, caches, flow code.

Each program is a process of its own, as a person would run it; it prints what it saw as one line of
JSON. The first one has Prefect start its ephemeral server, which takes 10 s; the others share one.

Expected: a result that cannot be stored fails the run; two result storages never mix.
Found (prefect 3.9.1): the run is Completed and a warning is logged (`states.py`); and a cached
result is served from another storage that has the same key (`results.py`: the memory of a
`ResultStore` is keyed by the key alone, and shared by all tasks of a flow run).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.request import urlopen

import pytest

from storage_core import ConfigFile, get_store
from tests.engines import both
from tests.servers.process import HOST, free_port, running
from tests.tools.conftest import Files

pytestmark = [
    pytest.mark.tools,
    pytest.mark.timeout(300),
    # Each program takes seconds; Prefect asks of both the same.
    pytest.mark.parametrize("files", ["s3"], indirect=True),
]

BLOCKS: Final = """
import json
import os

from prefect import flow, task
from prefect.filesystems import RemoteFileSystem

def block(name, basepath, **settings):
    made = RemoteFileSystem(basepath=basepath, settings=settings)
    made.save(name, overwrite=True)
    return made
"""

SETTINGS: Final = {
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}

Ran: TypeAlias = Callable[..., Any]


@pytest.fixture(scope="module")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Prefect keeps its database."""
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="module")
def api_url(prefect_home: Path) -> Iterator[str]:
    """Prefect's server for all programs that do not start their own."""
    port = free_port()
    url = f"http://{HOST}:{port}/api"

    def ready() -> None:
        with urlopen(f"{url}/health", timeout=5) as answer:
            assert answer.status == 200

    serve = ("server", "start", "--host", HOST, "--port", str(port))
    with running(
        [sys.executable, "-m", "prefect", *serve],
        log=prefect_home / "server.log",
        ready=ready,
        env={**SETTINGS, "PREFECT_HOME": str(prefect_home)},
    ):
        yield url


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Runs programs, in an empty folder."""
    folder = tmp_path / "working"
    folder.mkdir()
    return Program(folder)


@dataclass
class Program:
    """Runs programs, and keeps what they print."""

    folder: Path
    output: str = ""

    def ran(self, code: str, **settings: str) -> Any:
        """What a program prints last, as JSON."""
        done = subprocess.run(
            [sys.executable, "-c", BLOCKS + code],
            cwd=self.folder,
            env={**os.environ, **SETTINGS, **settings},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        self.output += done.stdout + done.stderr
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def ran(program: Program, api_url: str) -> Ran:
    """Runs a program with the server that is there, and returns what it printed last."""
    return partial(program.ran, PREFECT_API_URL=api_url)


ADDING: Final = """
kept = block("kept", "storage://prod/results")

@task(persist_result=True)
def double(number):
    return 2 * number

@flow(persist_result=True, result_storage=kept)
def add(number):
    return sum(double.map(range(number)).result()) + double(number)
"""


def test_results_of_a_flow_are_stored_and_read_back_by_another_process(
    program: Program, files: Files, tmp_path: Path
) -> None:
    home = tmp_path / "prefect"
    seen = program.ran(
        ADDING
        + """
state = add(5, return_state=True)
print(json.dumps([state.name, state.result(), str(state.state_details.flow_run_id)]))
""",
        PREFECT_HOME=str(home),
    )
    assert seen[:2] == ["Completed", 30]
    assert "Starting temporary server" in program.output
    assert len(get_store("prod").fs.ls("results")) == 7
    assert not get_store("staging").fs.exists("results")
    later = f"""
from prefect.client.orchestration import get_client
with get_client(sync_client=True) as client:
    print(json.dumps(client.read_flow_run({seen[2]!r}).state.result()))
"""
    assert program.ran(later, PREFECT_HOME=str(home)) == 30
    database = b"".join(each.read_bytes() for each in home.glob("prefect.db*"))
    assert b"storage://prod/results" in database
    files.assert_not_told_by(database, program.output)


def test_a_cached_result_is_found_by_another_process(ran: Ran, files: Files) -> None:
    program = """
from prefect.cache_policies import INPUTS, TASK_SOURCE
kept = block("cache", "storage://prod/cache")

@task(cache_policy=TASK_SOURCE + INPUTS, result_storage=kept)
def square(number):
    print("computed", number)
    return number * number

@task(result_storage=kept, result_storage_key="named-{parameters[number]}", persist_result=True)
def cube(number):
    return number ** 3

@flow(log_prints=False)
def work():
    states = [square(7, return_state=True), cube(3, return_state=True)]
    return [(state.name, state.result()) for state in states]

print(json.dumps(work()))
"""
    assert ran(program) == [["Completed", 49], ["Completed", 27]]
    assert ran(program) == [["Cached", 49], ["Cached", 27]]
    assert get_store("prod").fs.exists("cache/named-3")
    # A cache that cannot be read is taken for an empty one, and what cannot be cached is logged.
    ConfigFile().update("prod", bucket="no-such-bucket")
    assert ran(program) == [["Completed", 49], ["Completed", 27]]


def test_two_names_and_two_files_in_one_flow_keep_their_results_apart(
    ran: Ran, files: Files
) -> None:
    program = f"""
places = [("prod", {{}}), ("staging", {{}}), ("prod", {{"config_path": {files.other!r}}})]
blocks = [
    block(f"place-{{number}}", f"storage://{{name}}/apart", **settings)
    for number, (name, settings) in enumerate(places)
]
def made(number, store, round, **options):
    @task(result_storage=store, persist_result=True, **options)
    def tell():
        return [number, round]
    return tell()

@flow
def work(round, options):
    return [made(number, store, round, **options) for number, store in enumerate(blocks)]

alone = dict(result_storage_key="same", cache_result_in_memory=False)
shared = dict(result_storage_key="same")
print(json.dumps([work(1, alone), work(2, alone), work(3, shared)]))
"""
    first, again, shared = ran(program)
    assert first == again == [[0, 1], [1, 1], [2, 1]]
    # Prefect's own doing; see docs/tools/prefect.md. When this fails, take the advice there out.
    assert shared == [[0, 1], [0, 1], [0, 1]]
    for number, (name, file) in enumerate(
        [("prod", files.one), ("staging", files.one), ("prod", files.other)]
    ):
        store = get_store(name, config_path=file)
        assert store.fs.ls("apart", detail=False) == ["apart/same"], number


def test_tasks_in_processes_of_their_own_store_their_results(ran: Ran, files: Files) -> None:
    program = """
from prefect.task_runners import ProcessPoolTaskRunner
kept = block("pool", "storage://prod/pool")

@task(persist_result=True)
def who(number):
    import fsspec
    fsspec.filesystem("storage").pipe(f"staging/{number}", b"by hand")
    return os.getpid()

@flow(result_storage=kept, task_runner=ProcessPoolTaskRunner(max_workers=2))
def work():
    return who.map(range(4)).result()

if __name__ == "__main__":
    print(json.dumps([os.getpid(), work()]))
"""
    own, pids = ran(program)
    assert own not in pids
    # The flow's own is one more.
    assert len(get_store("prod").fs.ls("pool")) == 5
    assert len(get_store("staging").fs.ls("")) == 4


@both
def test_an_asynchronous_flow_stores_its_results(ran: Ran, files: Files) -> None:
    program = """
import asyncio
kept = block("async", "storage://prod/async")

@task(persist_result=True, result_storage_key="cube-{parameters[number]}")
async def cube(number):
    return number ** 3

@flow(result_storage=kept)
async def work():
    return sum(await asyncio.gather(*(cube(number) for number in range(4))))

print(json.dumps(asyncio.run(work())))
"""
    assert ran(program) == 36
    assert {f"async/cube-{n}" for n in range(4)} < {*get_store("prod").fs.find("async")}


def test_a_result_that_cannot_be_stored_leaves_the_run_completed(
    program: Program, ran: Ran, files: Files
) -> None:
    ConfigFile().update("prod", read_only=True)
    seen = ran(
        ADDING
        + """
state = add(1, return_state=True)
print(json.dumps([state.name, str(state.state_details.flow_run_id)]))
"""
    )
    assert seen[0] == "Completed"
    assert "the result has not been persisted" in program.output
    assert "Read Only" in program.output
    files.assert_not_told_by(program.output)
    later = f"""
from prefect.client.orchestration import get_client
with get_client(sync_client=True) as client:
    try:
        client.read_flow_run({seen[1]!r}).state.result()
    except FileNotFoundError as error:
        print(json.dumps([each.__name__ for each in type(error).__mro__]))
"""
    assert "BlobNotFound" in ran(later)


def test_a_flow_that_asks_first_fails_where_its_results_cannot_be_stored(
    ran: Ran, files: Files
) -> None:
    ConfigFile().update("prod", read_only=True)
    program = """
import storage_core

@task
def compute():
    data = json.dumps([1, 2]).encode()
    return storage_core.get_store("prod").write(data)

@flow
def work():
    return compute()

print(json.dumps(work(return_state=True).name))
"""
    assert ran(program) == "Failed"


def test_flow_code_is_pulled_from_a_named_storage(ran: Ran, files: Files, tmp_path: Path) -> None:
    code = (
        "from prefect import flow\n"
        "from helpers.words import word\n"
        "@flow\n"
        "def say():\n"
        "    return word\n"
    )
    for name, word in (("prod", "one"), ("staging", "two")):
        fs = get_store(name).fs
        fs.pipe("code/say.py", code.encode())
        fs.pipe("code/helpers/words.py", f"word = {word!r}\n".encode())
    program = """
said = []
for place in ("prod", "staging"):
    pulled = flow.from_source(source=f"storage://{place}/code", entrypoint="say.py:say")
    said.append(pulled())
    import sys
    for name in [*sys.modules]:
        if name.startswith("helpers"):
            del sys.modules[name]
pulled = flow.from_source(source=block("code", "storage://staging/code"), entrypoint="say.py:say")
import asyncio
from prefect.deployments.steps import pull_from_remote_storage
step = asyncio.run(pull_from_remote_storage("storage://prod/code"))
print(json.dumps([*said, pulled(), step["directory"]]))
"""
    assert ran(program) == ["one", "two", "two", "prod/code"]
    assert (tmp_path / "working" / "prod" / "code" / "say.py").read_text() == code


def test_a_folder_is_put_and_got_by_the_block(ran: Ran, files: Files, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "inner" / "b.txt").write_text("b")
    program = f"""
kept = block("folders", "storage://prod/folders")
count = kept.put_directory({str(folder)!r}, "there")
kept.get_directory("there", {str(tmp_path / "back")!r})
try:
    RemoteFileSystem(basepath="storage:///folders")
except ValueError as error:
    print(json.dumps([count, str(error)]))
"""
    count, refusal = ran(program)
    assert count == 2
    # A name has to be written, also that of the default.
    assert "must include a location after the scheme" in refusal
    assert (tmp_path / "back" / "inner" / "b.txt").read_text() == "b"


def test_the_file_in_prefects_home_is_found_until_only_a_profile_names_the_home(
    ran: Ran, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Expected: storage_core never sees a home that a profile names, since that is no variable.
    # Found (prefect 3.9.1): Prefect hands its settings to the processes that it starts as
    # variables, so that these look for storage.toml elsewhere than it does itself.
    monkeypatch.delenv("STORAGE_CONFIG")
    program = """
from prefect.task_runners import ProcessPoolTaskRunner
from storage_core.paths import config_source

@task
def seen():
    return config_source()

@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def work():
    return [config_source(), seen.submit().result()]

if __name__ == "__main__":
    print(json.dumps(work()))
"""
    home, user, profiled = tmp_path / "home", Path(os.environ["HOME"]), tmp_path / "profiled"
    assert ran(program, PREFECT_HOME=str(home)) == [str(home / "storage.toml")] * 2
    monkeypatch.delenv("PREFECT_HOME")
    (user / ".prefect").mkdir()
    profile = f'active = "mine"\n[profiles.mine]\nPREFECT_HOME = "{profiled}"\n'
    (user / ".prefect" / "profiles.toml").write_text(profile)
    here, there = user / ".prefect" / "storage.toml", profiled / "storage.toml"
    assert ran(program) == [str(here), str(there)]
