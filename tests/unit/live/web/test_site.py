"""A real server: who gets in, what is dropped, and what several cameras and viewers get."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.resources import files

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.web_client import KEY, Visitor, camera_of, jpeg, open_socket, picture, read_until
from tests.support.web_live import ScriptedMaker, web_site
from vidgait.live.web.app import KINDS, PUBLIC
from vidgait.live.web.limits import Limits
from vidgait.live.web.server import Assembled


@pytest.fixture(scope="module")
def maker() -> ScriptedMaker:
    return ScriptedMaker()


@pytest.fixture(scope="module")
def site(maker: ScriptedMaker) -> Iterator[Assembled]:
    with web_site(maker, Limits(cameras=2, viewers=3, devices=200)) as site:
        yield site


@pytest.fixture
def visitor(site: Assembled) -> Visitor:
    visitor = Visitor(site)
    assert visitor.enter(site.desk.door.code) == 204
    return visitor


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def empty(site: Assembled) -> Iterator[None]:
    """Every test leaves all places empty."""
    yield
    until(lambda: all(place.outbox is None for place in site.desk.hub.places.values()))
    until(lambda: not site.desk.hub.viewers)


# Who gets in


def test_strangers_see_the_door_and_nothing_else(site: Assembled) -> None:
    stranger = Visitor(site)
    status, _, body = stranger.ask("GET", "/")
    assert status == 200
    assert b'id="code"' in body
    assert b"app.js" not in body
    assert b'id="code"' in stranger.ask("GET", "/watch")[2]
    for path in ("/invite", "/choices", "/inside"):
        assert stranger.ask("GET", path)[0] == 403
    for path in ("/ws/camera", "/ws/watch"):
        with pytest.raises(InvalidStatus) as refused, open_socket(stranger, path):
            pass
        assert refused.value.response.status_code == 403


def test_a_code_is_good_for_one_device(site: Assembled) -> None:
    code = site.desk.door.code
    first, second = Visitor(site), Visitor(site)
    assert first.enter(code) == 204
    assert b"app.js" in first.ask("GET", "/")[2]
    assert second.enter(code) == 403
    assert b"app.js" not in second.ask("GET", "/")[2]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Assembled) -> None:
    visitor = Visitor(site)
    body = json.dumps({"code": site.desk.door.code}).encode()
    time.sleep(0.6)  # an earlier test gave a wrong code from this address
    status, headers, _ = visitor.ask("POST", "/enter", body, Origin=visitor.origin)
    assert status == 204
    said = headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said
    assert "path=/" in said
    assert "secure" not in said, "no TLS here: the browser would drop it"


def test_an_impatient_thief_is_told_of_once() -> None:
    with web_site(ScriptedMaker()) as site:
        told: list[str] = []
        site.desk.refused = told.append
        thief = Visitor(site)
        assert [thief.enter("wrong") for _ in range(4)] == [403] * 4
        assert told == ["127.0.0.1"] * site.desk.door.wrong
        assert site.desk.door.wrong < 4, "some came while it had to wait"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"code": 7}', b"x" * 5000, b"[" * 1000])
def test_what_is_no_code_is_no_try(site: Assembled, body: bytes) -> None:
    wrong = site.desk.door.wrong
    assert Visitor(site).ask("POST", "/enter", body, Origin=Visitor(site).origin)[0] == 400
    assert site.desk.door.wrong == wrong


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "localhost", "127.0.0.1:1", ""])
def test_other_hosts_are_refused(site: Assembled, visitor: Visitor, host: str) -> None:
    """DNS rebinding: a name of somebody else's that points here, with the cookie even."""
    refused = site_refused(site)
    visitor.host = host.format(port=visitor.port)
    assert visitor.ask("GET", "/")[0] in (400, 403)
    if host:
        assert visitor.ask("GET", "/app.js")[0] == 403
        assert site_refused(site) == refused + 2
        with pytest.raises(InvalidStatus):
            rebound = Visitor(site)
            rebound.cookie = visitor.cookie
            with open_socket(rebound, "/ws/watch", Host=visitor.host):
                pass


def site_refused(site: Assembled) -> int:
    app = site.server.config.app
    return int(app.refused)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "origin", [None, "null", "https://127.0.0.1:{port}", "http://evil.example", "http://localhost:{port}"]
)
def test_pages_of_other_origins_are_refused(site: Assembled, visitor: Visitor, origin: str | None) -> None:
    named = None if origin is None else origin.format(port=visitor.port)
    with pytest.raises(InvalidStatus) as refused, open_socket(visitor, "/ws/camera", origin=named):
        pass
    assert refused.value.response.status_code == 403
    code = site.desk.door.code
    headers = {} if named is None else {"Origin": named}
    assert visitor.ask("POST", "/enter", json.dumps({"code": code}).encode(), **headers)[0] == 403
    assert site.desk.door.code == code, "the code was not even looked at"
    if named is not None:
        assert visitor.ask("GET", "/invite", Origin=named)[0] == 403


def test_every_answer_carries_the_headers(site: Assembled, visitor: Visitor) -> None:
    for path in ("/", "/app.js", "/certificate", "/nothing", "/invite", "/certificate/vidgait-ca.crt"):
        _, headers, _ = visitor.ask("GET", path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_only_listed_files_are_served(site: Assembled, visitor: Visitor) -> None:
    for path in (
        "/index.html",
        "/app.py",
        "/..%2fserver.py",
        "/../server.py",
        "/docs",
        "/openapi.json",
        "/certificate/ca.key",
    ):
        assert visitor.ask("GET", path)[0] == 404
    for name in PUBLIC:
        status, headers, _ = visitor.ask("GET", f"/{name}")
        assert status == 200
        assert headers["content-type"] == KINDS[name.rsplit(".", 1)[-1]]


def test_every_file_of_the_page_is_listed_and_asks_for_nothing_elsewhere() -> None:
    page = files("vidgait.live.web").joinpath("page")
    names = {entry.name for entry in page.iterdir()}
    assert set(PUBLIC) == {name for name in names if not name.endswith(".html")}
    for name in names:
        text = page.joinpath(name).read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text
        assert "https://" not in text
        assert "innerHTML" not in text
        assert " style=" not in text, "the policy refuses it"


def test_a_device_that_is_in_invites_another(site: Assembled, visitor: Visitor) -> None:
    status, _, body = visitor.ask("GET", "/invite")
    assert status == 200
    said = json.loads(body)
    assert said["link"].endswith(f"#{site.desk.door.code}")
    assert said["svg"].lstrip().startswith("<?xml")


# Pictures and orders


def test_a_picture_comes_back_as_a_view(visitor: Visitor) -> None:
    with camera_of(visitor, "a" * 16) as socket:
        socket.send(picture(1, 500.0))
        said = read_until(socket, "view")
        assert (said["n"], said["t"], said["camera"]) == (1, 500.0, 1)


def test_the_start_comes_first(site: Assembled, visitor: Visitor) -> None:
    for first in (picture(1, 1.0), '{"do":"pause"}', "rubbish"):
        with open_socket(visitor, "/ws/camera") as socket:
            socket.send(first)
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008
    assert not any(place.outbox for place in site.desk.hub.places.values())


def test_bad_messages_are_dropped_counted_and_not_fatal(site: Assembled, visitor: Visitor) -> None:
    counts = site.desk.hub.counts
    malformed, oversized = counts.malformed, counts.oversized
    with camera_of(visitor, "b" * 16) as socket:
        for message in (b"", b"VG", "{", '{"do":"dance"}', picture(1, float("nan"))):
            socket.send(message)
            assert read_until(socket, "refused")["n"] is None
        socket.send(picture(2, 1.0, b"x" * 1_600_000))
        assert "too long" in read_until(socket, "refused")["why"]
        socket.send('{"do":"pause","x":"' + "y" * 5000 + '"}')
        read_until(socket, "refused")
        socket.send(picture(3, 2.0, b"\xff\xd8 no picture"))
        assert read_until(socket, "refused")["n"] == 3
        socket.send(picture(4, 3.0))
        assert read_until(socket, "view")["n"] == 4
    assert counts.malformed == malformed + 5
    assert counts.oversized == oversized + 2


def test_a_message_beyond_all_limits_ends_the_connection_alone_and_is_counted(
    site: Assembled, visitor: Visitor
) -> None:
    oversized = site.desk.hub.counts.oversized
    with camera_of(visitor, "c" * 16) as socket, pytest.raises(ConnectionClosed):
        socket.send(b"x" * 5_000_000)
        read_until(socket, "view")
    with camera_of(visitor, "c" * 16) as socket:
        socket.send(picture(1, 1.0))
        assert read_until(socket, "view")["n"] == 1
    assert site.desk.hub.counts.oversized == oversized + 1


def test_a_flood_is_ended(site: Assembled, visitor: Visitor) -> None:
    floods = site.desk.hub.counts.floods
    with camera_of(visitor, "d" * 16) as socket, pytest.raises(ConnectionClosed) as closed:
        for _ in range(5_000):
            socket.send("{")
        while True:
            socket.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "Too many messages.")
    assert site.desk.hub.counts.floods == floods + 1


def test_a_third_camera_is_told_and_the_others_go_on(visitor: Visitor) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(camera_of(visitor, "e" * 16))
        second = stack.enter_context(camera_of(visitor, "f" * 16))
        with open_socket(visitor, "/ws/camera") as third:
            third.send(json.dumps({"do": "start", "key": "g" * 16}))
            with pytest.raises(ConnectionClosed) as closed:
                third.recv(timeout=10)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4001, "No more cameras: 2 at a time.")
        seen = []
        for socket in (first, second):
            socket.send(picture(1, 1.0))
            seen.append(read_until(socket, "view")["camera"])
        assert sorted(seen) == [1, 2]


def test_a_camera_that_comes_back_finds_its_count(visitor: Visitor, maker: ScriptedMaker) -> None:
    with camera_of(visitor, "h" * 16) as socket:
        socket.send(picture(1, 1000.0))
        read_until(socket, "view")
        socket.send(picture(2, 5100.0))
        assert read_until(socket, "view")["count"] == 2
    made = len(maker.made)
    with camera_of(visitor, "h" * 16) as socket:
        socket.send(picture(3, 7200.0))
        assert read_until(socket, "view")["count"] == 3
    assert len(maker.made) == made


def test_another_device_with_the_same_key_is_another_camera(site: Assembled, visitor: Visitor) -> None:
    other = Visitor(site)
    assert other.enter(site.desk.door.code) == 204
    with camera_of(visitor, KEY) as mine, camera_of(other, KEY) as theirs:
        for socket in (mine, theirs):
            socket.send(picture(1, 1.0))
        assert {read_until(socket, "view")["camera"] for socket in (mine, theirs)} == {1, 2}


def test_the_same_camera_in_two_connections_goes_on_in_the_newer(visitor: Visitor) -> None:
    with camera_of(visitor, "i" * 16) as old, camera_of(visitor, "i" * 16) as new:
        new.send(picture(1, 1.0))
        assert read_until(new, "view")["n"] == 1
        with pytest.raises(ConnectionClosed):
            while True:
                old.recv(timeout=10)


# Who watches


def test_two_viewers_see_what_the_camera_sees(visitor: Visitor) -> None:
    with ExitStack() as stack:
        viewers = [stack.enter_context(open_socket(visitor, "/ws/watch")) for _ in range(2)]
        for viewer in viewers:
            read_until(viewer, "hello")
        camera = stack.enter_context(camera_of(visitor, "j" * 16))
        for number in range(1, 6):
            camera.send(picture(number, 1000.0 * number))
            own = read_until(camera, "view")
            for viewer in viewers:
                said = read_until(viewer, "view")
                assert said["n"] == number
                assert (said["count"], said["points"]) == (own["count"], own["points"])


def test_a_viewer_gets_no_picture_and_says_nothing(site: Assembled, visitor: Visitor) -> None:
    malformed = site.desk.hub.counts.malformed
    with open_socket(visitor, "/ws/watch") as viewer, camera_of(visitor, "k" * 16) as camera:
        viewer.send('{"do":"reset"}')
        viewer.send(jpeg())
        camera.send(picture(1, 1.0))
        said = json.dumps(read_until(viewer, "view"))
        assert len(said) < 4000
        read_until(camera, "view")
        until(lambda: site.desk.hub.counts.malformed == malformed + 2)


def test_a_viewer_that_takes_nothing_holds_nobody_up(visitor: Visitor) -> None:
    """It never reads; the camera's answers still come at once, and one that reads gets the newest."""
    with (
        open_socket(visitor, "/ws/watch") as asleep,
        open_socket(visitor, "/ws/watch") as awake,
        camera_of(visitor, "l" * 16) as camera,
    ):
        for number in range(1, 301):
            camera.send(picture(number, 10.0 * number))
            while read_until(camera, "view")["n"] < number:
                pass
            if number % 30 == 0:
                time.sleep(0.35)  # as fast as the limit of messages lets it
        while read_until(awake, "view")["n"] < 300:
            pass
        assert asleep.socket is not None


def test_only_so_many_watch(visitor: Visitor) -> None:
    with ExitStack() as stack:
        for _ in range(3):
            read_until(stack.enter_context(open_socket(visitor, "/ws/watch")), "cameras")
        with open_socket(visitor, "/ws/watch") as fourth, pytest.raises(ConnectionClosed) as closed:
            while True:
                fourth.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert "watching already" in closed.value.rcvd.reason


def test_viewers_hear_of_cameras_that_come_and_go(visitor: Visitor) -> None:
    with open_socket(visitor, "/ws/watch") as viewer:
        read_until(viewer, "cameras")
        with camera_of(visitor, "m" * 16) as camera:
            said = read_until(viewer, "cameras")
            assert len(said["cameras"]) >= 1
            camera.send(picture(1, 1.0))
            number = read_until(viewer, "view")["camera"]
        assert read_until(viewer, "away")["camera"] == number


# Backpressure


def test_pictures_do_not_pile_up_behind_a_slow_session() -> None:
    hold = threading.Event()
    maker = ScriptedMaker({"hold": hold})
    with web_site(maker) as site:
        visitor = Visitor(site)
        assert visitor.enter(site.desk.door.code) == 204
        with camera_of(visitor) as socket:
            socket.send(picture(1, 1.0))
            assert maker.made_one.wait(10)
            for number in range(2, 101):
                socket.send(picture(number, 10.0 * number))
            station = next(iter(site.desk.hub.places.values())).station
            until(lambda: station.offered == 100)
            hold.set()
            # The view of picture 1 is sent, or replaced by the last one's before it was: both keep up.
            numbers = [read_until(socket, "view")["n"]]
            while numbers[-1] != 100:
                numbers.append(read_until(socket, "view")["n"])
        assert numbers in ([1, 100], [100])
        assert station.replaced == 98


def test_the_end_closes_sessions_and_frees_the_port() -> None:
    maker = ScriptedMaker()
    with web_site(maker) as site:
        visitor = Visitor(site)
        assert visitor.enter(site.desk.door.code) == 204
        socket_of = camera_of(visitor)
        socket = socket_of.__enter__()
        socket.send(picture(1, 1.0))
        read_until(socket, "view")
    assert maker.made[0].closed
    with pytest.raises(ConnectionClosed):
        socket.recv(timeout=10)
    socket_of.__exit__(None, None, None)
    with pytest.raises(OSError, match="refused"):
        visitor.ask("GET", "/")
