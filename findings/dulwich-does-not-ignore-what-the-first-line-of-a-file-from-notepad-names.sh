#!/usr/bin/env bash
# dulwich 1.2.21: the first pattern of a .gitignore that begins with a byte order mark ignores nothing.
#
# Expected: as with git, which skips the mark: Windows' Notepad and PowerShell's `>` and `Out-File` have put one in front of
#           UTF-8 for years. A file that the first line names is ignored.
# Seen:     the mark becomes a part of the first pattern, without a word. What it names is listed as untracked, and
#           porcelain.add() of the whole folder stages it: for `.env` in the first line that is the file with the secrets.
#           All other lines count.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install dulwich==1.2.21

expect <<'OUT'
git, untracked: .gitignore, notes.txt
dulwich, untracked: .env, .gitignore, notes.txt
dulwich, staged by add(): .env, .gitignore, notes.txt
OUT

run <<'PY'
import os
import subprocess

from dulwich import porcelain
from dulwich.repo import Repo

os.mkdir("project")
repo = Repo.init("project")
for name in (".env", "build.log", "notes.txt"):
    open(f"project/{name}", "w").close()
with open("project/.gitignore", "w", encoding="utf-8-sig") as file:
    file.write(".env\n*.log\n")

listed = subprocess.run(
    ["git", "ls-files", "--others", "--exclude-standard"], cwd="project", capture_output=True, text=True, check=True
)
print("git, untracked:", ", ".join(sorted(listed.stdout.split())))
status = porcelain.status(repo, untracked_files="all")
print("dulwich, untracked:", ", ".join(sorted(os.fsdecode(name) for name in status.untracked)))
os.chdir("project")
repo = Repo(".")
porcelain.add(repo)
print("dulwich, staged by add():", ", ".join(sorted(os.fsdecode(name) for name in repo.open_index())))
PY
