#!/usr/bin/env bash
# cryptography 50.0.2: to load an RSA key takes as long as fifty signatures with it, and more.
#
# Expected: a key in a PEM file is a few numbers in DER; to read them takes no time beside a signature.
# Seen:     on loading, its two factors are proved to be prime. With 2,048 bits that is 33 ms of processor time where a
#           signature takes 0.3, in each process that signs one thing with a key from a file, such as those that sign in
#           as a service account of Google's. `unsafe_skip_rsa_key_validation=True` leaves it out.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install cryptography==50.0.2

expect <<'OUT'
to load it takes longer than 50 signatures: True
to load it without the proof takes longer than one: False
OUT

run <<'PY'
from time import process_time

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


def seconds(action):
    best = 60.0
    for _ in range(5):
        start = process_time()
        action()
        best = min(best, process_time() - start)
    return best


key = generate_private_key(65537, 2048)
pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
sign = seconds(lambda: key.sign(b"data", PKCS1v15(), SHA256()))
load = seconds(lambda: load_pem_private_key(pem, None))
plain = seconds(lambda: load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True))
print("to load it takes longer than 50 signatures:", load > 50 * sign)
print("to load it without the proof takes longer than one:", plain > sign)
PY
