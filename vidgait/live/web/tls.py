"""A certificate authority of one's own, so that a phone allows the camera.

It is made once and kept in the user's folder, readable by the user alone; the certificate of the server is made anew at
every start. Because its key lies on a laptop, the authority is limited (RFC 5280, name constraints) to this machine's
names and to private addresses: whoever stole the key could not pretend to be a bank's site to the phone that trusts it.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vidgait.errors import OutputError

if TYPE_CHECKING:
    from cryptography import x509

__all__ = [
    "Certificate",
    "config_folder",
    "fingerprint",
    "make_certificate",
    "private_folder",
    "today",
    "write_private",
]

LEAF_DAYS = 397
"""Apple and others refuse certificates of servers that are valid for more than 398 days."""
CA_DAYS = 3_650
NETWORKS = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10",
    "::1/128", "fc00::/7", "fe80::/10",
)  # fmt: skip
"""Private, loopback, link-local, and those of carriers and tunnels (RFC 1918, 3927, 4193, 6598)."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files for the server, and what a phone installs."""

    cert_file: Path
    key_file: Path
    ca_pem: bytes
    names: tuple[str, ...]
    """What the certificate holds for."""
    new: bool
    """The authority was made just now: phones do not know it yet."""


def config_folder() -> Path:
    """Where this user's programs keep what they need again."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "vidgait"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "vidgait"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "vidgait"


def make_certificate(
    folder: Path, hosts: Iterable[str], now: datetime.datetime, needed: str | None = None
) -> Certificate:
    """The authority kept in `folder`, made where there is none, and a certificate under it for those of `hosts` (names
    and addresses) that the authority may speak for. `now` with its zone. `needed` is the host that phones are sent to:
    where a network gives public addresses to its machines, the authority is made for that one too.

    Raises OutputError where the folder cannot be written or holds what is no authority.
    """
    import trustme

    try:
        private_folder(folder)
        pems, new = _authority(folder, now, needed)
        names = tuple(host for host in dict.fromkeys(hosts) if _may_speak_for(host, pems[0]))
        leaf = trustme.CA.from_pem(*pems).issue_cert(
            *names,
            organization_name="vidgait",
            organization_unit_name="this computer",
            not_before=now - datetime.timedelta(days=1),
            not_after=now + datetime.timedelta(days=LEAF_DAYS - 1),
        )
        cert_file, key_file = folder / "server.pem", folder / "server.key"
        write_private(cert_file, b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        write_private(key_file, leaf.private_key_pem.bytes())
    except (OSError, ValueError) as error:
        raise OutputError(
            f"The certificate in {folder} cannot be made ({error}).", "Delete that folder to begin anew."
        ) from error
    return Certificate(cert_file, key_file, pems[0], names, new)


def today() -> datetime.datetime:
    """Certificates hold for days of the calendar; nothing is measured with it."""
    return datetime.datetime.now(datetime.UTC)


def private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        folder.chmod(0o700)


def write_private(path: Path, data: bytes) -> None:
    """For nobody but the user from its first byte on, and moved into place whole."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    part.replace(path)


def _authority(folder: Path, now: datetime.datetime, needed: str | None) -> tuple[tuple[bytes, bytes], bool]:
    """(certificate, key) as PEM, and whether they are new: there were none, or they end soon, or may not speak for the
    host that is needed now."""
    from cryptography import x509

    cert_file, key_file = folder / "ca.pem", folder / "ca.key"
    if cert_file.exists() and key_file.exists():
        pems = cert_file.read_bytes(), key_file.read_bytes()
        ends = x509.load_pem_x509_certificate(pems[0]).not_valid_after_utc
        lasts = ends > now + datetime.timedelta(days=LEAF_DAYS)
        if lasts and (needed is None or _may_speak_for(needed, pems[0])):
            if os.name == "posix":
                key_file.chmod(0o600)
            return pems, False
    pems = _new_authority(now, needed)
    write_private(key_file, pems[1])
    write_private(cert_file, pems[0])
    return pems, True


def _new_authority(now: datetime.datetime, needed: str | None) -> tuple[bytes, bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    from vidgait.live.web.addresses import own_names

    key = ec.generate_private_key(ec.SECP256R1())
    host = (*own_names(), "this computer")[0]
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "vidgait"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"vidgait on {host}"[:64]),
        ]
    )
    signs = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    builder = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(True, key_cert_sign=True, crl_sign=True, **signs), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.NameConstraints(_permitted(own_names(), needed), None), critical=True)
    )
    certificate = builder.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    kept = key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    return certificate.public_bytes(pem), kept


def _permitted(names: Iterable[str], needed: str | None) -> list[x509.GeneralName]:
    from cryptography import x509

    known = [ipaddress.ip_network(network) for network in NETWORKS]
    hosts = ["localhost", "local", *names]
    if needed is not None:
        try:
            known.append(ipaddress.ip_network(needed))
        except ValueError:
            hosts.append(needed)
    dns = [x509.DNSName(host) for host in dict.fromkeys(hosts)]
    return [*dns, *(x509.IPAddress(network) for network in dict.fromkeys(known))]


def _may_speak_for(host: str, ca_pem: bytes) -> bool:
    from cryptography import x509

    constraints = x509.load_pem_x509_certificate(ca_pem).extensions.get_extension_for_class(x509.NameConstraints)
    permitted = list(constraints.value.permitted_subtrees or ())
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        names = [one.value for one in permitted if isinstance(one, x509.DNSName)]
        return any(host == name or host.endswith(f".{name}") for name in names)
    networks = [ipaddress.ip_network(str(one.value)) for one in permitted if isinstance(one, x509.IPAddress)]
    return any(address in network for network in networks)


def fingerprint(pem: bytes) -> str:
    """SHA-256 in pairs, as phones and browsers show it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    digest = x509.load_pem_x509_certificate(pem).fingerprint(hashes.SHA256()).hex().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
