"""`vidgait live --web`: prints a link, serves the page, until Ctrl-C."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from vidgait.errors import BackendMissingError, SettingsError
from vidgait.live.web.access import Door, is_loopback, served_at
from vidgait.live.web.addresses import LOOPBACK, address_for_phones, own_addresses, own_names
from vidgait.live.web.limits import Limits

if TYPE_CHECKING:
    import uvicorn

    from vidgait.live.web.app import Desk
    from vidgait.live.web.greeting import Greeting
    from vidgait.live.web.station import MakeSession
    from vidgait.live.web.tls import Certificate

__all__ = ["Announcer", "Assembled", "Site", "assemble", "listen", "plan_site", "require_web", "serve_site"]

NEEDS = ("fastapi", "uvicorn", "websockets", "segno")
ANY = frozenset({"0.0.0.0", "::", ""})
GRACE_S = 3
CLOSING_S = 60.0
"""At most so long for each camera, until its recording is closed. Another Ctrl-C is quicker."""


def require_web(*, tls: bool) -> None:
    """Raises BackendMissingError where the extra is not installed."""
    missing = [name for name in (*NEEDS, *(("trustme",) if tls else ())) if importlib.util.find_spec(name) is None]
    if missing:
        raise BackendMissingError(
            f"The browser page needs packages that are not installed: {', '.join(missing)}.",
            'Run: pip install "vidgait[web]"',
        )


@dataclass(frozen=True, slots=True)
class Site:
    """Where this is reached."""

    hosts: tuple[str, ...]
    """All names and addresses under which it may be asked for."""
    here: str
    """For a browser on this machine."""
    elsewhere: str | None
    """For another device; None where only this machine is served."""


def plan_site(host: str) -> Site:
    """What `--host` means. The rest of the network is served only when it is asked for."""
    if is_loopback(host):
        return Site(LOOPBACK, "localhost" if host != "::1" else "::1", None)
    addresses, names = own_addresses(), own_names()
    if host in ANY:
        return Site((*LOOPBACK, *names, *addresses), "localhost", address_for_phones(addresses) or names[0])
    return Site((host, *(names if host in addresses else ())), host, host)


def listen(host: str, port: int) -> socket.socket:
    """Raises SettingsError where the port is taken or the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    wanted = "127.0.0.1" if host == "localhost" else host
    try:
        both = host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server((wanted, port), family=family, backlog=64, dualstack_ipv6=both)
    except OSError as error:
        raise SettingsError(
            f"vidgait cannot listen at {host}, port {port} ({os.strerror(error.errno) if error.errno else error}).",
            f"Another program may use that port: try --port {port + 1 if port else 8766}, or 0 for any free one.",
        ) from None


@dataclass(slots=True)
class Announcer:
    """Prints the link with its code: at the start, and a new one whenever a device was let in."""

    site: Site
    scheme: str
    port: int
    door: Door
    say: Callable[[str], None]

    def link(self, code: str) -> str:
        """The address for another device. The code stands behind a `#`: browsers send that part to nobody, so it is in
        no log, and what looks at links for a preview cannot use it up."""
        return self._at(self.site.elsewhere or self.site.here, code)

    def _at(self, host: str, code: str) -> str:
        named = f"[{host}]" if ":" in host else host
        usual = 443 if self.scheme == "https" else 80
        return f"{self.scheme}://{named}{'' if self.port == usual else f':{self.port}'}/#{code}"

    def opened(self, certificate: Certificate | None) -> None:
        from vidgait.live.web.qr import qr_terminal

        code = self.door.code
        if self.site.elsewhere is None:
            self.say(f"Open this in a browser on this computer: {self._at(self.site.here, code)}")
            self.say("Only this computer is served. For a phone, start with --host 0.0.0.0 --tls.")
        else:
            if self.site.here != self.site.elsewhere:
                self.say(f"On this computer: {self._at(self.site.here, code)}")
            self.say(f"On a phone in the same network: {self.link(code)}")
            self.say(qr_terminal(self.link(code)))
            self._phone_words(certificate)
        self.say("Each code lets one device in; then the next one is printed. Ctrl-C ends it.")

    def _phone_words(self, certificate: Certificate | None) -> None:
        if certificate is None:
            self.say(
                "Without --tls a phone can watch, but browsers give no camera to a page that is not encrypted, and"
                " everybody in this network could read along."
            )
            return
        from vidgait.live.web.tls import fingerprint

        named = f"{self.link('').removesuffix('/#')}/certificate"
        fresh = "A certificate authority was made for this computer. " if certificate.new else ""
        self.say(f"{fresh}Once for each phone, install it: {named}")
        self.say(f"Compare its SHA-256 there with: {fingerprint(certificate.ca_pem)}")

    def refused(self, address: str) -> None:
        """The first wrong code is told, then the tenth, the hundredth: whoever tries them does not fill the screen."""
        wrong = self.door.wrong
        if str(wrong).rstrip("0") == "1":
            self.say(f"A wrong code came from {address} ({wrong} so far).")

    def entered(self, devices: int) -> None:
        code = self.door.code
        here = self.site.elsewhere is None
        self.say(
            f"Device {devices} is in. For another one: {self._at(self.site.here, code) if here else self.link(code)}"
        )


@dataclass(slots=True)
class Assembled:
    """A site that listens and does not serve yet."""

    listening: socket.socket
    desk: Desk
    server: uvicorn.Server
    announcer: Announcer

    def run(self) -> None:
        """Serves until Ctrl-C, or until `server.should_exit`."""
        with contextlib.closing(self.listening), contextlib.suppress(KeyboardInterrupt):
            try:
                self.server.run(sockets=[self.listening])
            finally:  # Whatever the server came to: nothing is left half written.
                self.desk.hub.wait_for(self.desk.hub.close(), CLOSING_S)


def assemble(
    make_session: MakeSession,
    greeting: Greeting,
    *,
    host: str,
    port: int,
    tls: bool,
    limits: Limits | None = None,
    say: Callable[[str], None] = print,
) -> Assembled:
    """Raises BackendMissingError, SettingsError (port), OutputError (certificate)."""
    require_web(tls=tls)
    limits = limits or Limits()
    site = plan_site(host)
    certificate = _certificate(site) if tls else None
    listening = listen(host, port)
    announcer = Announcer(site, "https" if tls else "http", int(listening.getsockname()[1]), Door(limits), say)
    desk = _desk(site, make_session, greeting, announcer, certificate, limits)
    return Assembled(listening, desk, _server(desk, certificate, limits), announcer)


def serve_site(
    make_session: MakeSession,
    greeting: Greeting,
    *,
    host: str,
    port: int,
    tls: bool,
    say: Callable[[str], None] = print,
) -> None:
    """Serves until Ctrl-C and says what was turned away. Raises what `assemble` raises."""
    site = assemble(make_session, greeting, host=host, port=port, tls=tls, say=say)
    site.run()
    _say_counts(site.desk, say)


def _certificate(site: Site) -> Certificate:
    from vidgait.live.web.tls import config_folder, make_certificate, today

    return make_certificate(config_folder() / "certificates", site.hosts, today(), site.elsewhere)


def _desk(
    site: Site,
    make_session: MakeSession,
    greeting: Greeting,
    announcer: Announcer,
    certificate: Certificate | None,
    limits: Limits,
) -> Desk:
    from vidgait.live.web.app import Desk
    from vidgait.live.web.hub import Hub

    tls = certificate is not None
    return Desk(
        served=served_at(site.hosts, announcer.port, tls=tls),
        door=announcer.door,
        hub=Hub(make_session, limits, say=announcer.say),
        greeting=greeting,
        link=announcer.link,
        # Cookies know no ports: two of these on one machine must not take each other's.
        cookie=f"__Host-vidgait-{announcer.port}" if tls else f"vidgait-{announcer.port}",
        ca_pem=certificate.ca_pem if certificate else None,
        entered=announcer.entered,
        refused=announcer.refused,
        ready=lambda: announcer.opened(certificate),
    )


def _server(desk: Desk, certificate: Certificate | None, limits: Limits) -> uvicorn.Server:
    import uvicorn

    from vidgait.live.web.app import make_app
    from vidgait.live.web.connections import connection_kind

    config = uvicorn.Config(
        make_app(desk),
        http=connection_kind(limits),
        ws="websockets-sansio",
        ws_max_size=limits.hard_bytes,
        ws_per_message_deflate=False,
        ws_ping_interval=10.0,
        ws_ping_timeout=10.0,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=certificate.cert_file if certificate else None,
        ssl_keyfile=certificate.key_file if certificate else None,
    )
    server = uvicorn.Server(config)

    def ask(number: int, frame: FrameType | None) -> None:
        """However often: of its own accord it would leave everything half done at the second Ctrl-C, and let SIGTERM
        end the program before the recordings are analysed. It takes no more than GRACE_S for its connections."""
        server.should_exit = True

    server.handle_exit = ask  # type: ignore[assignment, method-assign]
    return server


def _say_counts(desk: Desk, say: Callable[[str], None]) -> None:
    counts = desk.hub.counts
    said = {
        "messages that made no sense": counts.malformed,
        "messages that were too long": counts.oversized,
        "connections that sent too much": counts.floods,
        "connections that took too little": counts.slow,
        "wrong codes": desk.door.wrong,
        "visitors without a code": counts.strangers,
    }
    told = [f"{number} {what}" for what, number in said.items() if number]
    if told:
        say(f"Turned away: {', '.join(told)}.")
