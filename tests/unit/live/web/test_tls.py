"""The authority of one's own: private, narrow, short-lived, and made once."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import os
import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest
import trustme
from cryptography import x509

from vidgait.errors import OutputError
from vidgait.live.web.addresses import own_names
from vidgait.live.web.tls import Certificate, config_folder, fingerprint, make_certificate, today

HOSTS = ("localhost", "127.0.0.1", "::1", *own_names(), "192.168.1.20", "10.0.0.7", "fd00::7")


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path / "certificates", HOSTS, today())


def loaded(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_nobody_else_may_read_the_folder_or_the_keys(certificate: Certificate) -> None:
    folder = certificate.cert_file.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["ca.key", "ca.pem", "server.key", "server.pem"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_a_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    make_certificate(tmp_path, HOSTS, today())
    tmp_path.chmod(0o755)
    (tmp_path / "ca.key").chmod(0o644)
    make_certificate(tmp_path, HOSTS, today())
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600


def test_the_certificate_names_every_host(certificate: Certificate) -> None:
    names = loaded(certificate.cert_file).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(address) for address in names.get_values_for_type(x509.IPAddress)} == {
        "127.0.0.1",
        "::1",
        "192.168.1.20",
        "10.0.0.7",
        "fd00::7",
    }
    assert set(names.get_values_for_type(x509.DNSName)) == {"localhost", *own_names()}


def test_it_is_valid_now_and_no_longer_than_phones_accept(certificate: Certificate) -> None:
    leaf = loaded(certificate.cert_file)
    assert leaf.not_valid_before_utc < today() < leaf.not_valid_after_utc
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= datetime.timedelta(days=398)


def test_public_addresses_are_left_out(tmp_path: Path) -> None:
    made = make_certificate(tmp_path, ("localhost", "8.8.8.8", "2001:4860:4860::8888", "bank.example"), today())
    assert made.names == ("localhost",)


def test_where_machines_have_public_addresses_the_authority_speaks_for_this_one(tmp_path: Path) -> None:
    """Universities give such; a phone there would otherwise be sent to an address that no certificate holds for."""
    before = make_certificate(tmp_path, HOSTS, today())
    made = make_certificate(tmp_path, (*HOSTS, "203.0.113.9", "8.8.8.8"), today(), "203.0.113.9")
    assert made.new
    assert made.ca_pem != before.ca_pem
    assert "203.0.113.9" in made.names
    assert "8.8.8.8" not in made.names
    handshake(made.cert_file, made.key_file, made.ca_pem, "203.0.113.9")
    again = make_certificate(tmp_path, ("203.0.113.9",), today(), "203.0.113.9")
    assert (again.new, again.ca_pem) == (False, made.ca_pem)


def test_the_authority_is_made_once(tmp_path: Path) -> None:
    first = make_certificate(tmp_path, HOSTS, today())
    second = make_certificate(tmp_path, (*HOSTS, "192.168.7.7"), today())
    assert (first.new, second.new) == (True, False)
    assert first.ca_pem == second.ca_pem
    assert "192.168.7.7" in second.names


def test_an_authority_that_ends_is_made_anew(tmp_path: Path) -> None:
    first = make_certificate(tmp_path, HOSTS, today())
    later = make_certificate(tmp_path, HOSTS, today() + datetime.timedelta(days=3_400))
    assert later.new
    assert later.ca_pem != first.ca_pem


def test_the_authority_signs_nothing_but_private_names(certificate: Certificate) -> None:
    ca = x509.load_pem_x509_certificate(certificate.ca_pem)
    basic = ca.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (basic.ca, basic.path_length) == (True, 0)
    constraints = ca.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    networks = [
        ipaddress.ip_network(str(one.value))
        for one in constraints.value.permitted_subtrees or ()
        if isinstance(one, x509.IPAddress)
    ]
    assert not any(ipaddress.ip_address("8.8.8.8") in network for network in networks)


def handshake(cert_file: Path, key_file: Path, ca_pem: bytes, name: str) -> None:
    """A real TLS handshake over a socket pair. Raises what the client says."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert_file, key_file)
    client = ssl.create_default_context(cadata=ca_pem.decode())
    ours, theirs = socket.socketpair()

    def answer() -> None:
        try:
            with server.wrap_socket(theirs, server_side=True) as wrapped:
                wrapped.recv(1)
        except (OSError, ssl.SSLError):
            pass
        finally:
            theirs.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with client.wrap_socket(ours, server_hostname=name):
            pass
    finally:
        ours.close()
        thread.join(10)


@pytest.mark.parametrize("name", ["localhost", "192.168.1.20", "fd00::7"])
def test_a_client_that_trusts_the_authority_accepts_it(certificate: Certificate, name: str) -> None:
    handshake(certificate.cert_file, certificate.key_file, certificate.ca_pem, name)


def test_a_client_refuses_other_names(certificate: Certificate) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(certificate.cert_file, certificate.key_file, certificate.ca_pem, "192.168.1.21")


def test_a_stolen_authority_is_of_no_use_for_a_bank(certificate: Certificate, tmp_path: Path) -> None:
    """What the key signs for a site of the internet is refused by who trusts the authority."""
    folder = certificate.cert_file.parent
    thief = trustme.CA.from_pem(certificate.ca_pem, (folder / "ca.key").read_bytes())
    stolen = thief.issue_cert("www.bank.example")
    stolen.cert_chain_pems[0].write_to_path(tmp_path / "bank.pem")
    stolen.private_key_pem.write_to_path(tmp_path / "bank.key")
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        handshake(tmp_path / "bank.pem", tmp_path / "bank.key", certificate.ca_pem, "www.bank.example")


def test_a_folder_with_rubbish_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("rubbish")
    (tmp_path / "ca.key").write_text("rubbish")
    with pytest.raises(OutputError, match="begin anew"):
        make_certificate(tmp_path, HOSTS, today())


def test_the_fingerprint_is_that_of_the_certificate(certificate: Certificate) -> None:
    shown = fingerprint(certificate.ca_pem)
    assert len(shown) == 95
    der = ssl.PEM_cert_to_DER_cert(certificate.ca_pem.decode())
    assert shown.replace(":", "").lower() == hashlib.sha256(der).hexdigest()


def test_the_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("vidgait.live.web.tls.sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_folder() == tmp_path / "vidgait"
