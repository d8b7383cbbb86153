"""Who may talk to this process: the codes, the devices that gave one, and the addresses that are served."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from vidgait.live.web.limits import Limits

__all__ = ["Door", "Entry", "Served", "is_loopback", "make_code", "served_at", "tidy_code"]

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what is mistaken for something else when it is typed from another screen: 0, 1, I, L, O, U."""
CODE_LETTERS = 10
"""30 ** 10: about 49 bits, which is out of reach where every wrong code costs its sender half a second and more."""
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0
ADDRESSES = 512
"""Of which wrong codes are remembered."""


def make_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))


def tidy_code(typed: str) -> str:
    """As it was made: upper case, without the gaps and dashes that people type."""
    return "".join(letter for letter in typed.upper()[:64] if letter.isalnum())


@dataclass(frozen=True, slots=True)
class Entry:
    """What the door answers. Without a token, `wait_s` says from when on it listens to this address again."""

    token: str | None
    wait_s: float = 0.0
    looked_at: bool = True
    """False: the address had to wait still, and its code was not compared."""


@dataclass(slots=True)
class _Wrong:
    count: int = 0
    until_s: float = 0.0


@dataclass(slots=True)
class Door:
    """Lets a device in for one code, once: afterwards another code is made. A device that is in carries a token.

    Wrong codes are counted; after each the address that sent it waits, twice as long every time, and is not listened to
    meanwhile, right code or not.
    """

    limits: Limits = field(default_factory=Limits)
    new_code: Callable[[], str] = make_code
    code: str = ""
    wrong: int = 0
    """Wrong codes so far, from anywhere."""
    _inside: set[str] = field(default_factory=set)
    """SHA-256 of the tokens, so that a look into memory gives none away."""
    _waits: dict[str, _Wrong] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.code = self.new_code()

    @property
    def devices(self) -> int:
        return len(self._inside)

    def enter(self, typed: str, address: str, now_s: float) -> Entry:
        """Tries a code. `address` of who sent it, `now_s` of any steady clock."""
        wrong = self._waits.get(address)
        if wrong is not None and now_s < wrong.until_s:
            return Entry(None, wrong.until_s - now_s, looked_at=False)
        right = hmac.compare_digest(tidy_code(typed).encode(), self.code.encode())
        if right and len(self._inside) < self.limits.devices:
            self._waits.pop(address, None)
            return self._let_in()
        return self._refuse(address, now_s)

    def _let_in(self) -> Entry:
        token = secrets.token_urlsafe(32)
        self._inside.add(_digest(token))
        self.code = self.new_code()
        return Entry(token)

    def _refuse(self, address: str, now_s: float) -> Entry:
        self.wrong += 1
        if address not in self._waits and len(self._waits) >= ADDRESSES:
            del self._waits[min(self._waits, key=lambda known: self._waits[known].until_s)]
        wrong = self._waits.setdefault(address, _Wrong())
        wrong.count += 1
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(wrong.count - 1, 16))
        wrong.until_s = now_s + wait_s
        return Entry(None, wait_s)

    def admits(self, token: str | None) -> bool:
        return token is not None and _digest(token) in self._inside


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Served:
    """The names under which this process may be reached. Any other `Host` is somebody's name that was pointed here (DNS
    rebinding), any other `Origin` somebody else's page."""

    scheme: str
    authorities: frozenset[str]
    """`host:port` as a browser writes it, in lower case."""

    @property
    def origins(self) -> frozenset[str]:
        return frozenset(f"{self.scheme}://{authority}" for authority in self.authorities)

    def knows_host(self, host: str | None) -> bool:
        return host is not None and host.lower() in self.authorities

    def knows_origin(self, origin: str | None, host: str | None) -> bool:
        """A page of the very address that is asked, not of another one that is served here too."""
        return origin is not None and host is not None and origin.lower() == f"{self.scheme}://{host.lower()}"


def served_at(hosts: Iterable[str], port: int, *, tls: bool) -> Served:
    """`hosts`: names and addresses; the port is left out of an authority where it is the scheme's own."""
    scheme, usual = ("https", 443) if tls else ("http", 80)
    tail = "" if port == usual else f":{port}"
    bracketed = (f"[{host}]" if ":" in host else host for host in hosts)
    return Served(scheme, frozenset(f"{host.lower()}{tail}" for host in bracketed))
