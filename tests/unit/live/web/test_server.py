"""What is bound, what is printed, and what is said where it cannot begin."""

from __future__ import annotations

import ast
import importlib.util
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.web_client import Visitor, camera_of, picture, read_until
from tests.support.web_live import ScriptedMaker, web_site
from vidgait.errors import BackendMissingError, SettingsError
from vidgait.live.web import server as server_module
from vidgait.live.web.access import Door
from vidgait.live.web.addresses import address_for_phones, own_addresses, own_names
from vidgait.live.web.limits import Limits
from vidgait.live.web.server import Announcer, Site, listen, plan_site, require_web

PHONES = Site(("localhost", "192.168.1.5"), "localhost", "192.168.1.5")


def said_of(site: Site, scheme: str = "http", certificate: Any = None) -> str:
    said: list[str] = []
    Announcer(site, scheme, 8765, Door(new_code=lambda: "ABCDEFGHJK"), said.append).opened(certificate)
    return "\n".join(said)


def test_wrong_codes_are_told_without_filling_the_screen() -> None:
    said: list[str] = []
    door = Door()
    announcer = Announcer(PHONES, "http", 8765, door, said.append)
    for k in range(120):
        door.enter("wrong", str(k), 0.0)
        announcer.refused(str(k))
    assert said == [f"A wrong code came from {k - 1} ({k} so far)." for k in (1, 10, 100)]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_serves_this_machine_only(host: str) -> None:
    site = plan_site(host)
    assert set(site.hosts) == {"localhost", "127.0.0.1", "::1"}
    assert site.elsewhere is None
    assert not set(site.hosts) & {*own_addresses(), *own_names()}


def test_the_network_is_served_where_it_is_asked_for() -> None:
    site = plan_site("0.0.0.0")
    assert {"localhost", *own_names(), *own_addresses()} <= set(site.hosts)
    assert site.elsewhere


def test_one_address_serves_that_one() -> None:
    assert plan_site("203.0.113.9") == Site(("203.0.113.9",), "203.0.113.9", "203.0.113.9")


def test_phones_are_shown_an_address_that_can_be_typed() -> None:
    assert address_for_phones(["2a00::1", "8.8.8.8", "fd00::1", "192.168.1.5"]) == "192.168.1.5"
    assert address_for_phones([]) is None


def test_a_port_that_is_taken_is_a_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"port {port}.*--port {port + 1}"):
            listen("127.0.0.1", port)


def test_an_address_of_another_machine_is_a_clear_line() -> None:
    with pytest.raises(SettingsError, match="cannot listen at 203"):
        listen("203.0.113.9", 0)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "uvicorn" else real(name, package)

    monkeypatch.setattr(server_module.importlib.util, "find_spec", without)
    with pytest.raises(BackendMissingError, match=r'uvicorn.*pip install "vidgait\[web\]"'):
        require_web(tls=False)


def test_nothing_of_the_extra_is_loaded_before_it_is_asked_for() -> None:
    names = ("fastapi", "starlette", "uvicorn", "segno", "trustme", "websockets", "cryptography")
    code = f"import sys, vidgait.live.web.server; print([name for name in {names!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_link_keeps_its_code_out_of_requests() -> None:
    said = said_of(Site(("localhost",), "localhost", None))
    assert "http://localhost:8765/#ABCDEFGHJK" in said
    assert "Only this computer" in said


def test_a_phone_without_tls_is_told_that_it_has_no_camera() -> None:
    said = said_of(PHONES)
    assert "http://192.168.1.5:8765/#ABCDEFGHJK" in said
    assert "▀" in said or "█" in said, "the code as a picture"
    assert "no camera" in said


def test_with_tls_a_phone_is_told_what_to_install(tmp_path: Path) -> None:
    from vidgait.live.web.tls import fingerprint, make_certificate, today

    certificate = make_certificate(tmp_path, PHONES.hosts, today())
    said = said_of(PHONES, "https", certificate)
    assert "https://192.168.1.5:8765/certificate" in said
    assert fingerprint(certificate.ca_pem) in said
    assert "no camera" not in said


def test_every_device_gets_a_link_of_its_own() -> None:
    codes = iter(["FIRST", "SECOND"])
    said: list[str] = []
    door = Door(new_code=lambda: next(codes))
    announcer = Announcer(PHONES, "https", 443, door, said.append)
    door.enter("FIRST", "a", 0.0)
    announcer.entered(door.devices)
    assert said == ["Device 1 is in. For another one: https://192.168.1.5/#SECOND"]


def test_only_loopback_answers() -> None:
    """From another address of this machine nothing is there."""
    elsewhere = [address for address in own_addresses() if ":" not in address]
    if not elsewhere:
        pytest.skip("this machine has no address but loopback")
    with web_site(ScriptedMaker()) as site, pytest.raises(OSError, match="refused"):
        socket.create_connection((elsewhere[0], site.announcer.port), timeout=5)


def test_encrypted_it_serves_its_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidgait.live.web.tls.config_folder", lambda: tmp_path)
    with web_site(ScriptedMaker(), tls=True) as site:
        ca_pem = (tmp_path / "certificates" / "ca.pem").read_bytes()
        context = ssl.create_default_context(cadata=ca_pem.decode())
        visitor = Visitor(site, tls=context)
        status, headers, body = visitor.ask("GET", "/certificate/vidgait-ca.crt")
        assert (status, body) == (200, ca_pem)
        assert headers["content-type"] == "application/x-x509-ca-cert"
        assert visitor.enter(site.desk.door.code) == 204
        assert visitor.cookie.startswith("__Host-vidgait-")


PROGRAM = """
from tests.support.web_live import ScriptedMaker
from vidgait.live.web.greeting import make_greeting
from vidgait.live.web.server import serve_site
serve_site(ScriptedMaker(), make_greeting(recording=False), host="127.0.0.1", port=0, tls=False,
           say=lambda text: print(text, flush=True))
print("ended", flush=True)
"""


def test_control_c_ends_it_cleanly() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    alarm = threading.Timer(30, process.kill)
    alarm.start()
    try:
        assert process.stdout is not None
        assert "http://localhost:" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    finally:
        alarm.cancel()
    assert process.returncode == 0
    assert out.splitlines()[-1] == "ended"
    assert err == ""


HURRIED = """
import time
from tests.support.web_live import Scripted, ScriptedMaker
from vidgait.live.web.greeting import make_greeting
from vidgait.live.web.server import serve_site

def close(self):
    time.sleep(1.0)  # as an encoder that still has pictures to write
    print("recording closed", flush=True)

Scripted.close = close
serve_site(ScriptedMaker(), make_greeting(recording=True), host="127.0.0.1", port=0, tls=False,
           say=lambda text: print(text, flush=True))
print("ended", flush=True)
"""


@pytest.mark.parametrize(("pause_s", "second"), [(0.01, signal.SIGINT), (0.5, signal.SIGINT), (0.01, signal.SIGTERM)])
def test_a_second_control_c_leaves_nothing_half_written_and_the_set_is_summed_up(
    pause_s: float, second: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HURRIED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    alarm = threading.Timer(30, process.kill)
    alarm.start()
    try:
        assert process.stdout is not None
        link = process.stdout.readline().split()[-1]
        visitor = Visitor.at(urlsplit(link).port or 0)
        assert visitor.enter(urlsplit(link).fragment) == 204
        with camera_of(visitor) as camera:
            for number, capture_ms in enumerate((0.0, 5000.0), start=1):
                camera.send(picture(number, capture_ms))
                read_until(camera, "view")
            process.send_signal(signal.SIGINT)
            time.sleep(pause_s)
            process.send_signal(second)
            out, err = process.communicate()
    finally:
        alarm.cancel()
    assert process.returncode == 0
    assert "Camera 1: 2 squats\n  Tempo: 1.1 s down, 0.9 s up." in out
    assert out.index("recording closed") < out.index("ended")
    assert err == ""


def test_packages_of_the_extra_stay_in_this_room() -> None:
    package = Path(server_module.__file__).parents[2]
    ours = {"fastapi", "starlette", "uvicorn", "segno", "trustme", "websockets", "cryptography"}
    users = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if any(name.split(".")[0] in ours for name in names):
                users.add(path.parent.relative_to(package).as_posix())
    assert users == {"live/web"}


def closed_by_the_other_side(connection: socket.socket, wait_s: float) -> bool:
    connection.settimeout(wait_s)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_connections_that_say_nothing_are_closed_and_do_not_shut_others_out() -> None:
    limits = Limits(request_wait_s=0.5, connections=12, connections_of_one=64)
    with web_site(ScriptedMaker(), limits) as site:
        idle = [socket.create_connection(("127.0.0.1", site.announcer.port)) for _ in range(20)]
        slow = socket.create_connection(("127.0.0.1", site.announcer.port))
        slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: ")  # a request that is never whole
        assert all(closed_by_the_other_side(one, 5.0) for one in (*idle, slow))
        assert Visitor(site).enter(site.desk.door.code) == 204
        for one in (*idle, slow):
            one.close()


def test_a_websocket_outlives_the_wait_for_a_request() -> None:
    with web_site(ScriptedMaker(), Limits(request_wait_s=0.3)) as site:
        visitor = Visitor(site)
        assert visitor.enter(site.desk.door.code) == 204
        with camera_of(visitor) as camera:
            time.sleep(0.8)
            camera.send(picture(1, 0.0))
            assert read_until(camera, "view")["n"] == 1


def test_one_address_holds_only_so_many_connections() -> None:
    with web_site(ScriptedMaker(), Limits(connections_of_one=5)) as site:
        many = [socket.create_connection(("127.0.0.1", site.announcer.port)) for _ in range(9)]
        refused = [closed_by_the_other_side(one, 0.5) for one in many]
        assert refused == [False] * 5 + [True] * 4
        for one in many:
            one.close()
