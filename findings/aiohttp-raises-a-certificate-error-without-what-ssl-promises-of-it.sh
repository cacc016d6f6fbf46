#!/usr/bin/env bash
# aiohttp 3.14.5: an untrusted certificate raises an `ssl.SSLCertVerificationError` that has no `verify_code`.
#
# Expected: what is an `SSLCertVerificationError` has `verify_code` and `verify_message`, as the documentation of ssl
#           says, with which programs tell an expired certificate from an unknown authority.
# Seen:     ClientConnectorCertificateError is one by inheritance, and `except ssl.SSLCertVerificationError` catches
#           it; reading either attribute raises AttributeError. They are on its `certificate_error`. urllib has them.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install aiohttp==3.14.5 cryptography==50.0.2

expect <<'OUT'
urllib: SSLCertVerificationError, code 18
aiohttp: ClientConnectorCertificateError, an SSLCertVerificationError: True
aiohttp: AttributeError, code inside 18
OUT

run <<'PY'
import asyncio
import datetime
import ipaddress
import socket
import ssl
import threading
import urllib.error
import urllib.request

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
now = datetime.datetime.now(datetime.UTC)
certificate = (
    x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    .not_valid_before(now - datetime.timedelta(days=1))
    .not_valid_after(now + datetime.timedelta(days=1))
    .add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
    )
    .sign(key, hashes.SHA256())
)
pem = serialization.Encoding.PEM
with open("server.pem", "wb") as file:
    file.write(certificate.public_bytes(pem))
    file.write(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("server.pem")
listener = socket.create_server(("127.0.0.1", 0))


def serve():
    while True:
        connection, _ = listener.accept()
        try:
            context.wrap_socket(connection, server_side=True).close()
        except OSError:
            pass


threading.Thread(target=serve, daemon=True).start()
url = f"https://127.0.0.1:{listener.getsockname()[1]}/"

try:
    urllib.request.urlopen(url)
except urllib.error.URLError as error:
    print(f"urllib: {type(error.reason).__name__}, code {error.reason.verify_code}")


async def main():
    async with aiohttp.ClientSession() as session:
        try:
            await session.get(url)
        except ssl.SSLCertVerificationError as error:
            is_one = isinstance(error, ssl.SSLCertVerificationError)
            print(f"aiohttp: {type(error).__name__}, an SSLCertVerificationError: {is_one}")
            try:
                print(error.verify_code)
            except AttributeError as missing:
                inside = error.certificate_error.verify_code
                print(f"aiohttp: {type(missing).__name__}, code inside {inside}")


asyncio.run(main())
PY
