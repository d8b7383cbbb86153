"""The names and addresses of this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

__all__ = ["LOOPBACK", "address_for_phones", "own_addresses", "own_names", "private_only"]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_FAR = (("198.51.100.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))
"""Addresses for documentation: the system is asked which of its own it would use for them; nothing is sent."""


def own_addresses() -> tuple[str, ...]:
    """Addresses of this machine in its networks, the one it would use first first; without loopback and without those
    that hold on one link only."""
    found = [address for far, family in _FAR if (address := _towards(far, family))]
    try:
        known = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
    except OSError:
        known = []
    found += [str(entry[4][0]).split("%", 1)[0] for entry in known]
    return tuple(dict.fromkeys(address for address in found if _usable(address)))


def _towards(far: str, family: socket.AddressFamily) -> str | None:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return None


def _usable(address: str) -> bool:
    known = ipaddress.ip_address(address)
    return not (known.is_loopback or known.is_link_local or known.is_unspecified or known.is_multicast)


def own_names() -> tuple[str, ...]:
    """The host name, and the same as the local network may know it. What no certificate and no browser could write is
    left out."""
    name = socket.gethostname().lower().removesuffix(".")
    short = name.split(".", 1)[0]
    names = dict.fromkeys((name, short, f"{short}.local"))
    return tuple(one for one in names if one and all(_plain(part) for part in one.split(".")))


def _plain(part: str) -> bool:
    return 0 < len(part) < 64 and part.isascii() and part.replace("-", "").isalnum()


def private_only(addresses: Iterable[str]) -> tuple[str, ...]:
    """Those that are private to a network: the others are the whole world's."""
    return tuple(address for address in addresses if ipaddress.ip_address(address).is_private)


def address_for_phones(addresses: Iterable[str]) -> str | None:
    """The one to print: private before public, IPv4 before IPv6, which is hard to type."""
    ranked = sorted(addresses, key=lambda one: (not ipaddress.ip_address(one).is_private, ":" in one))
    return ranked[0] if ranked else None
