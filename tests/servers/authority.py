"""Certificates as a company's own authority signs them: valid, expired, for another host."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers.certificates import ALWAYS
from tests.servers.process import HOST


@dataclass(frozen=True)
class Pair:
    """The files of a certificate and of its key."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates; `bundle` is the PEM file with which they are trusted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, token_hex(8))])
        certificate = (
            self._begun(self._name, self._key, ALWAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_SIGNS, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.bundle = folder / f"authority-{token_hex(4)}.pem"
        self.bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def signed(self, host: str = HOST, *, expired: bool = False) -> Pair:
        """A new certificate for a host, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName(host)]
        if host == HOST:
            names[1] = x509.IPAddress(ipaddress.ip_address(host))
        yesterday = datetime.now(UTC) - timedelta(days=1)
        certificate = (
            self._begun(
                x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)]),
                key,
                (ALWAYS[0], yesterday) if expired else ALWAYS,
            )
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return self._written(certificate, key)

    def itself(self) -> Pair:
        """The authority's own certificate, for a server with a self-signed one."""
        return self._written(x509.load_pem_x509_certificate(self.bundle.read_bytes()), self._key)

    def _written(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Pair:
        stem = token_hex(4)
        pair = Pair(self._folder / f"{stem}.pem", self._folder / f"{stem}-key.pem")
        pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        pair.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return pair

    def _begun(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        holds: tuple[datetime, datetime],
    ) -> x509.CertificateBuilder:
        # Python 3.13 wants the two key identifiers.
        public = self._key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(holds[0])
            .not_valid_after(holds[1])
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), False)
        )


_SIGNS = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
