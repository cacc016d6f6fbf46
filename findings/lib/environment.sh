# What each finding begins with: pinned public packages in a temporary folder, and a comparison of what is seen.
set -euo pipefail
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
cd "$FOLDER"

install() {  # PACKAGE==VERSION …: nothing of this project
  "${PYTHON:-python3}" -m venv "$FOLDER/environment"
  "$FOLDER/environment/bin/python" -m pip -qq --disable-pip-version-check install "$@"
}

expect() {  # what was seen when the finding was written, on standard input
  cat >"$FOLDER/expected"
}

run() {  # a program on standard input; fails when it prints anything else
  cat >"$FOLDER/program.py"
  # Servers in threads would keep the program from ending.
  printf '\nimport os, sys\nsys.stdout.flush()\nos._exit(0)\n' >>"$FOLDER/program.py"
  env -i PATH="$PATH" HOME="$FOLDER" LC_ALL=C.UTF-8 \
    "$FOLDER/environment/bin/python" -W ignore "$FOLDER/program.py" >"$FOLDER/seen" 2>"$FOLDER/errors" || {
      cat "$FOLDER/errors" >&2
      exit 1
    }
  cat "$FOLDER/seen"
  diff "$FOLDER/expected" "$FOLDER/seen" >&2 || { echo "the behaviour has changed" >&2; exit 1; }
}
