#!/usr/bin/env bash
# keyrings.alt 5.0.2: the password of `Bob` is overwritten by that of `bob`, and both get the last one.
#
# Expected: a password for each service and username, as they are written; a service's name is told apart by its case here,
#           and other backends tell the username too.
# Seen:     the file is an INI file, whose options Python's configparser makes lower-case; the escaping in front of it
#           leaves letters alone. Users and access keys that differ in case alone are one entry: the first password is lost,
#           the second one is handed out for both, and to delete one deletes the other.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install keyrings.alt==5.0.2 keyring==25.7.0

expect <<'OUT'
two services: of store / of Store
two users: of bob / of bob
Bob, after bob is deleted: None
OUT

run <<'PY'
from pathlib import Path

from keyrings.alt.file import PlaintextKeyring

keyring = PlaintextKeyring()
keyring.file_path = str(Path.home() / "keyring")
for service in ("store", "Store"):
    keyring.set_password(service, "bob", f"of {service}")
print("two services:", keyring.get_password("store", "bob"), "/", keyring.get_password("Store", "bob"))

for username in ("Bob", "bob"):
    keyring.set_password("bucket", username, f"of {username}")
print("two users:", keyring.get_password("bucket", "Bob"), "/", keyring.get_password("bucket", "bob"))
keyring.delete_password("bucket", "bob")
print("Bob, after bob is deleted:", keyring.get_password("bucket", "Bob"))
PY
