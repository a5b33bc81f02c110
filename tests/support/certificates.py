"""Certificates for servers that exist in tests alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_VOUCHES: Final = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


class Certificate(NamedTuple):
    """Files: who vouches, and the server's certificate with its key."""

    authority: Path
    chain: Path


def certificate(folder: Path, *names: str) -> Certificate:
    """One for a server of these names or addresses, by an authority that exists for it alone."""
    folder.mkdir(parents=True, exist_ok=True)
    key, authority_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Somebody who vouches")])
    now = datetime.now(UTC)

    whose = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())

    def signed(
        subject: x509.Name, public: ec.EllipticCurvePublicKey, *extensions: x509.ExtensionType
    ) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .issuer_name(issuer)
            .subject_name(subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )
        for extension in (*extensions, x509.SubjectKeyIdentifier.from_public_key(public), whose):
            critical = isinstance(extension, x509.BasicConstraints | x509.KeyUsage)
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(authority_key, hashes.SHA256()).public_bytes(Encoding.PEM)

    authority = folder / "authority.pem"
    authority.write_bytes(
        signed(
            issuer,
            authority_key.public_key(),
            x509.BasicConstraints(ca=True, path_length=None),
            _VOUCHES,
        )
    )
    chain = folder / "server.pem"
    chain.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + signed(
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])]),
            key.public_key(),
            x509.SubjectAlternativeName([_name(name) for name in names]),
        )
    )
    return Certificate(authority, chain)


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
