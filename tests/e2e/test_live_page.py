"""The live page in a real Chromium with a fake camera, on scripted sessions: what it sends, shows and does when things
break. Counting real people is `test_live_browser.py`."""

from __future__ import annotations

import base64
import hashlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.chromium import Page, find_chromium, open_page
from tests.support.web_live import ScriptedMaker, web_site, write_mjpeg
from vidgait.live.state import Advice, LiveCue
from vidgait.live.web.addresses import own_addresses
from vidgait.live.web.limits import Limits
from vidgait.live.web.server import Assembled

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parents[2] / "sample_videos"
COUNT = "document.querySelector('.count b').textContent"
VALUES = "[...document.querySelectorAll('.readings .value')].map((value) => value.textContent)"
SCREEN = "document.body?.dataset.screen"
SHOWN = "getComputedStyle(document.querySelector('{}')).display !== 'none'"


@pytest.fixture(scope="module")
def camera_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("camera") / "squat.mjpeg"
    write_mjpeg(SAMPLES / "squat_front.mp4", file, 480)
    return file


@contextmanager
def camera_page(camera_file: Path, *flags: str) -> Iterator[Page]:
    browser = find_chromium()
    if browser is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    fake = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera_file}")
    with open_page(browser, *fake, *flags) as page:
        yield page


@pytest.fixture(scope="module")
def page(camera_file: Path) -> Iterator[Page]:
    with camera_page(camera_file, "--use-fake-ui-for-media-stream") as page:
        yield page


@pytest.fixture
def maker() -> ScriptedMaker:
    return ScriptedMaker()


@pytest.fixture
def site(maker: ScriptedMaker) -> Iterator[Assembled]:
    with web_site(maker) as site:
        yield site


def come_in(page: Page, site: Assembled) -> None:
    page.load("about:blank")
    page.problems.clear()
    page.requests.clear()
    page.resize(1366, 768)
    page.load(site.announcer.link(site.desk.door.code))
    page.wait_for(f"{SCREEN} === 'start' && document.getElementById('movement')?.options.length > 2")


def start(page: Page, site: Assembled) -> None:
    come_in(page, site)
    page.run("document.querySelector('#start button').click()")
    page.wait_for("vidgait.now.viewMs > 0", 30)


def click(page: Page, name: str) -> None:
    page.run(f"document.getElementById('{name}').click()")


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.02)


def test_it_streams_counts_and_asks_for_nothing_elsewhere(page: Page, site: Assembled, maker: ScriptedMaker) -> None:
    start(page, site)
    page.wait_for(f"{COUNT} === '2'", 20)
    session = maker.made[0]
    times_s = [frame.time_s for frame in session.seen]
    assert session.size_px == (270, 480)
    assert all(b > a for a, b in itertools.pairwise(times_s)), "capture times go forward"
    assert page.run("vidgait.sender.number - vidgait.sender.answered <= 2")
    assert 0 < page.run("vidgait.lag()") < 2000
    assert page.problems == []
    origin = f"http://localhost:{site.announcer.port}/"
    assert {address for address in page.requests if not address.startswith(("blob:", "data:"))} == {
        address for address in page.requests if address.startswith(origin)
    }
    assert not any("#" in address for address in page.requests)
    assert page.run("location.hash") == ""


def test_a_slow_computer_makes_it_drop_pictures_not_queue_them(
    page: Page, site: Assembled, maker: ScriptedMaker
) -> None:
    hold = threading.Event()
    maker.options["hold"] = hold
    come_in(page, site)
    page.run("document.querySelector('#start button').click()")
    assert maker.made_one.wait(20)
    page.wait_for("vidgait.sender.dropped > 15", 20)
    assert page.run("vidgait.sender.number - vidgait.sender.answered") <= 2
    hold.set()
    page.wait_for("vidgait.now.viewMs > 0", 20)
    place = next(iter(site.desk.hub.places.values()))
    assert place.station.offered <= page.run("vidgait.sender.number")


def test_stale_numbers_go(page: Page, site: Assembled, maker: ScriptedMaker) -> None:
    start(page, site)
    page.wait_for(f"{VALUES}[0] !== '–'")
    hold = threading.Event()
    maker.made[0].hold = hold
    try:
        page.wait_for(f"{VALUES}.every((value) => value === '–')", 3)
        assert page.run(COUNT) != "–", "the count is no matter of the moment"
    finally:
        hold.set()
    page.wait_for(f"{VALUES}[0] !== '–'", 10)


def test_a_lost_connection_blanks_everything_and_comes_back_with_its_count(
    page: Page, site: Assembled, maker: ScriptedMaker
) -> None:
    start(page, site)
    page.wait_for(f"{COUNT} === '1'", 20)
    page.run(
        "window.blanked = new Promise((done) => new MutationObserver((_, it) => {"
        "if (document.querySelector('.broken').hidden) return; it.disconnect();"
        f"done([{COUNT}, ...{VALUES}, document.querySelector('.broken').textContent]);"
        "}).observe(document.querySelector('.words'), {subtree: true, attributes: true, childList: true})); 0"
    )
    place = next(iter(site.desk.hub.places.values()))
    assert place.outbox is not None
    site.server.servers[0].get_loop().call_soon_threadsafe(place.outbox.close)
    said = page.run("window.blanked")
    assert set(said[:-1]) == {"–"}
    assert said[-1].startswith("Connection lost")
    page.wait_for(f"Number({COUNT}) >= 1", 20)
    assert len(maker.made) == 1, "the same session goes on"


def test_the_end_of_the_server_blanks_everything(page: Page, maker: ScriptedMaker) -> None:
    with web_site(maker) as site:
        start(page, site)
        page.wait_for(f"{COUNT} === '1'", 20)
    page.wait_for(f"{COUNT} === '–'", 5)
    assert set(page.run(VALUES)) == {"–"}
    assert page.run(SHOWN.format(".broken"))


def test_pause_reset_mirror_and_choice(page: Page, site: Assembled, maker: ScriptedMaker) -> None:
    start(page, site)
    page.wait_for(f"{COUNT} === '1'", 20)
    assert page.run("document.querySelector('.frame').classList.contains('mirrored')")
    click(page, "mirror")
    assert not page.run("document.querySelector('.frame').classList.contains('mirrored')")
    click(page, "pause")
    page.wait_for("document.querySelector('.guide-text').textContent === 'Paused'")
    seen = page.run("vidgait.sender.number")
    time.sleep(0.5)
    assert page.run("vidgait.sender.number") == seen, "nothing is sent meanwhile"
    click(page, "pause")
    page.wait_for(f"vidgait.sender.number > {seen}")
    click(page, "reset")
    assert maker.made[0].resets == 0, "it asks first"
    click(page, "reset")
    page.wait_for(f"{COUNT} === '0'", 10)
    assert maker.made[0].resets == 1
    page.run(
        "(s => { s.value = 'squat'; s.dispatchEvent(new Event('change')); })(document.getElementById('movement-now'))"
    )
    until(lambda: len(maker.made) == 2)
    assert maker.made[1].choice.movement == "squat"


def test_going_on_after_a_long_pause_keeps_the_connection(page: Page, site: Assembled, maker: ScriptedMaker) -> None:
    start(page, site)
    page.wait_for(f"{COUNT} === '1'", 20)
    click(page, "pause")
    page.run("vidgait.now.viewMs = performance.now() - 60000; window.socket = vidgait.now.link.socket; 0")
    hold = threading.Event()
    maker.made[0].hold = hold
    click(page, "pause")
    time.sleep(0.5)
    hold.set()
    page.wait_for(f"performance.now() - vidgait.now.viewMs < 200 && Number({COUNT}) >= 1", 10)
    assert page.run("vidgait.now.link.socket === window.socket"), "the same connection"


def test_a_reset_during_a_pause_is_seen_at_once(page: Page, site: Assembled, maker: ScriptedMaker) -> None:
    start(page, site)
    page.wait_for(f"{COUNT} === '1'", 20)
    click(page, "pause")
    click(page, "reset")
    click(page, "reset")
    assert page.run(COUNT) == "–"
    assert page.run("document.querySelector('.guide-text').textContent") == "Paused"
    click(page, "pause")
    page.wait_for(f"{COUNT} === '0'", 10)


def test_two_taps_open_one_camera(page: Page, site: Assembled, maker: ScriptedMaker) -> None:
    come_in(page, site)
    page.run(
        "window.opened = 0; const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        " navigator.mediaDevices.getUserMedia = (wish) => { window.opened += 1; return real(wish); }; 0"
    )
    for _ in range(2):
        page.run("document.querySelector('#start button').click()")
    page.wait_for("vidgait.now.viewMs > 0", 30)
    assert page.run("window.opened") == 1
    assert len(site.desk.hub.places) == 1


def test_a_camera_that_is_unplugged_does_not_take_the_set_with_it(
    page: Page, site: Assembled, maker: ScriptedMaker
) -> None:
    start(page, site)
    page.wait_for(f"{COUNT} === '1'", 20)
    page.run("vidgait.now.stream.getVideoTracks()[0].dispatchEvent(new Event('ended')); 0")
    page.wait_for(f"{SCREEN} === 'summary'", 10)
    said = page.run("document.getElementById('summary').textContent")
    assert said.startswith("The camera stopped. It was unplugged") and "squats" in said


def test_a_phone_that_is_turned_says_why_it_begins_anew(page: Page, site: Assembled, maker: ScriptedMaker) -> None:
    start(page, site)
    page.wait_for(f"{COUNT} === '1'", 20)
    page.run("vidgait.sender.longSide = 320; 0")  # another size is another shape
    until(lambda: len(maker.made) == 2)
    seen = page.run("vidgait.sender.answered")
    page.wait_for(f"vidgait.sender.answered > {seen} + 5", 10)
    assert "count begins again" in page.run("document.querySelector('.notice').textContent")


def test_what_a_person_is_told(page: Page, site: Assembled, maker: ScriptedMaker) -> None:
    maker.options["stage"] = "looking"
    start(page, site)
    page.wait_for("document.querySelector('.guide-text').textContent === 'Step into the picture'")
    session = maker.made[0]
    session.stage, session.advice = "setting_up", (Advice("turn", "Turn a little", "because"),)
    page.wait_for("document.querySelector('.guide-text').textContent === 'Turn a little'")
    session.stage, session.advice = None, ()
    session.cue = LiveCue("knee_in", "Left knee out", "change", "left", 1.0)
    page.wait_for("document.querySelector('.cue').textContent === 'Left knee out'")
    assert page.run(SHOWN.format(".cue"))
    session.cue = None
    page.wait_for("document.querySelector('.cue').hidden")


def test_quantities_are_written_as_people_write_them(page: Page, site: Assembled) -> None:
    come_in(page, site)
    said = page.run(
        "import('/board.js').then(({quantity}) => [[-3.4, 'deg'], [-0.2, 'deg'], [null, 'deg'], [1.234, 's'],"
        " [12.34, 'cm'], [-0.001, 's'], [33.3, '%']].map((one) => quantity(...one)))"
    )
    assert said == ["−3°", "0°", "–", "1.23 s", "12.3 cm", "0.00 s", "33 %"]


def test_one_reason_for_several_readings_is_told_once(page: Page, site: Assembled) -> None:
    start(page, site)
    told = page.run(
        "(() => { const view = structuredClone(vidgait.board.view); const why = 'film from the side';"
        " view.readings = ['Knee', 'Hip', 'Trunk'].map((label) => ({label, side: null, value: null, error: null,"
        " unit: 'deg', why})); vidgait.board.showReadings(view);"
        " return [...document.querySelectorAll('.readings .error')].map((node) => node.textContent); })()"
    )
    assert told == ["", "", "film from the side"]


def test_cues_are_spoken_and_repetitions_sound_only_where_asked(
    page: Page, site: Assembled, maker: ScriptedMaker
) -> None:
    page_log = """
        window.said = []; window.tones = 0;
        speechSynthesis.speak = (words) => window.said.push(words.text);
        AudioContext.prototype.createOscillator = new Proxy(AudioContext.prototype.createOscillator,
          {apply: (real, self) => { window.tones += 1; return real.apply(self); }}); 0"""
    start(page, site)
    page.run(page_log)
    session = maker.made[0]
    session.cue = LiveCue("knee_in", "Left knee out", "change", "left", 1.0)
    page.wait_for("document.querySelector('.cue').textContent === 'Left knee out'")
    page.wait_for(f"{COUNT} === '1'", 20)
    assert page.run("[said.length, tones]") == [0, 0], "off by default"
    click(page, "voice")
    click(page, "tone")
    session.cue = LiveCue("depth", "Deeper", "watch", None, 2.0)
    page.wait_for("said.length > 0")
    page.wait_for("tones > 0", 10)
    again, session.cue = session.cue, None
    page.wait_for("document.querySelector('.cue').hidden")
    session.cue = again
    page.wait_for("!document.querySelector('.cue').hidden")
    time.sleep(0.5)
    assert page.run("said") == ["Deeper"], "once, not with every picture"


def test_finishing_shows_the_summary_and_lets_the_camera_go(page: Page, site: Assembled, maker: ScriptedMaker) -> None:
    start(page, site)
    page.wait_for(f"{COUNT} === '1'", 20)
    page.run("window.track = vidgait.now.stream.getVideoTracks()[0]; 0")
    click(page, "finish")
    page.wait_for(f"{SCREEN} === 'summary'")
    assert "squats" in page.run("document.getElementById('summary').textContent")
    assert page.run("window.track.readyState") == "ended"
    until(lambda: not site.desk.hub.places)
    click(page, "another")
    page.wait_for(f"{SCREEN} === 'live' && vidgait.now.viewMs > 0", 20)
    assert len(maker.made) == 2


def test_a_connection_that_breaks_while_it_finishes_does_not_leave_an_empty_page(
    page: Page, site: Assembled, maker: ScriptedMaker
) -> None:
    start(page, site)
    page.wait_for(f"{COUNT} === '1'", 20)
    session, go_on = maker.made[0], threading.Event()
    finish = session.finish
    session.finish = lambda: finish() if go_on.wait(20) else None  # type: ignore[method-assign]
    place = next(iter(site.desk.hub.places.values()))
    click(page, "finish")
    until(lambda: place.station.finished)
    assert place.outbox is not None
    site.server.servers[0].get_loop().call_soon_threadsafe(place.outbox.close)
    try:
        page.wait_for(f"{SCREEN} === 'problem'", 10)
        assert "summary did not arrive" in page.run("document.getElementById('problem-text').textContent")
        assert page.run("vidgait.now.stream === null && vidgait.now.link === null")
        until(lambda: not site.desk.hub.places)
    finally:
        go_on.set()


def test_a_second_device_watches_without_a_picture(
    page: Page, site: Assembled, maker: ScriptedMaker, camera_file: Path
) -> None:
    start(page, site)
    with camera_page(camera_file) as other:
        other.load(site.announcer.link(site.desk.door.code))
        other.wait_for(f"{SCREEN} === 'start'")
        other.load(f"http://localhost:{site.announcer.port}/watch")
        other.wait_for(f"Number({COUNT}) >= 1", 20)
        assert other.run("document.querySelector('video') === null")
        assert other.problems == []
        maker.made[0].advice = (Advice("turn", "Turn a little", "because"),)
        other.wait_for("document.querySelector('.guide-text').textContent === 'Turn a little'", 10)
        click(page, "pause")
        other.wait_for("document.querySelector('.guide-text').textContent === 'Waiting for the camera'", 5)
        click(page, "pause")
        click(page, "finish")
        other.wait_for(f"{SCREEN} === 'summary'", 10)


def test_a_third_camera_is_told(page: Page, camera_file: Path) -> None:
    with web_site(ScriptedMaker(), Limits(cameras=1)) as site:
        start(page, site)
        with camera_page(camera_file, "--use-fake-ui-for-media-stream") as other:
            come_in(other, site)
            other.run("document.querySelector('#start button').click()")
            other.wait_for("document.querySelector('.broken').textContent.startsWith('No more cameras')")
        before = page.run("vidgait.sender.answered")
        page.wait_for(f"vidgait.sender.answered > {before}")


def test_a_camera_that_is_refused_is_explained(camera_file: Path, site: Assembled) -> None:
    with camera_page(camera_file, "--deny-permission-prompts") as page:
        come_in(page, site)
        page.run("document.querySelector('#start button').click()")
        page.wait_for(f"{SCREEN} === 'problem'")
        assert page.run("document.getElementById('problem-title').textContent") == "The camera is not allowed"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("NotFoundError", "No camera was found"),
        ("NotReadableError", "The camera is busy"),
        ("OddError", "The camera did not start"),
    ],
)
def test_a_camera_that_does_not_start_is_explained(page: Page, site: Assembled, name: str, title: str) -> None:
    come_in(page, site)
    page.run(f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{name}')); 0")
    page.run("document.querySelector('#start button').click()")
    page.wait_for(f"{SCREEN} === 'problem'")
    assert page.run("document.getElementById('problem-title').textContent") == title


def test_the_question_for_the_camera_is_explained(page: Page, site: Assembled) -> None:
    come_in(page, site)
    page.run("navigator.mediaDevices.getUserMedia = () => new Promise(() => {}); 0")
    page.run("document.querySelector('#start button').click()")
    page.wait_for(f"{SCREEN} === 'asking'")


def test_a_phone_without_encryption_is_told_why_it_has_no_camera(page: Page, maker: ScriptedMaker) -> None:
    address = next((one for one in own_addresses() if ":" not in one), None)
    if address is None:
        pytest.skip("this machine has no address but loopback")
    with web_site(maker, host="0.0.0.0") as site:
        page.load("about:blank")
        page.resize(390, 844, phone=True)
        page.load(f"http://{address}:{site.announcer.port}/#{site.desk.door.code}")
        page.wait_for(f"{SCREEN} === 'start' && !document.getElementById('insecure').hidden")
        page.run("document.querySelector('#start button').click()")
        page.wait_for(f"{SCREEN} === 'problem'")
        assert "--tls" in page.run("document.getElementById('problem-steps').textContent")


def test_it_streams_encrypted(camera_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chromium is told to trust this one key; that clients accept the chain is a unit test."""
    monkeypatch.setattr("vidgait.live.web.tls.config_folder", lambda: tmp_path)
    with web_site(ScriptedMaker(), tls=True) as site:
        leaf = x509.load_pem_x509_certificate((tmp_path / "certificates" / "server.pem").read_bytes())
        public = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        pin = base64.b64encode(hashlib.sha256(public).digest()).decode()
        flags = ("--use-fake-ui-for-media-stream", f"--ignore-certificate-errors-spki-list={pin}")
        with camera_page(camera_file, *flags) as page:
            start(page, site)
            assert page.run("location.protocol + vidgait.now.link.address.slice(0, 6)") == "https:wss://"
            assert page.run("document.cookie") == "", "out of reach of scripts"


SIZES = [(390, 844), (360, 640), (844, 390), (768, 1024), (1366, 768)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_sticks_out(page: Page, site: Assembled, maker: ScriptedMaker, size: tuple[int, int]) -> None:
    start(page, site)
    maker.made[0].cue = LiveCue("depth", "A little deeper next time", "watch", None, 2.0)
    page.resize(*size, phone=size[0] < 900)
    page.wait_for("!document.querySelector('.cue').hidden")
    assert page.run("document.documentElement.scrollWidth <= innerWidth")
    outside = page.run(
        "[...document.querySelectorAll('.live button, .count b, .readings .value, .cue, .phase')]"
        ".map((node) => [node.id || node.className || node.tagName, node.getBoundingClientRect()])"
        ".filter(([, box]) => box.left < -1 || box.top < -1"
        " || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)"
        ".map(([name]) => name)"
    )
    assert outside == []
    letters_px = float(page.run("parseFloat(getComputedStyle(document.querySelector('.count b')).fontSize)"))
    assert letters_px >= 80
    assert float(page.run("parseFloat(getComputedStyle(document.querySelector('.cue')).fontSize)")) >= 34


def test_a_set_of_before_another_choice_is_told_at_the_end(page: Page, site: Assembled, maker: ScriptedMaker) -> None:
    start(page, site)
    page.wait_for(f"{COUNT} === '1'", 20)
    page.run(
        "(s => { s.value = 'squat'; s.dispatchEvent(new Event('change')); })(document.getElementById('movement-now'))"
    )
    page.wait_for("document.querySelector('.notice').textContent.includes('squats: told of at the end')", 10)
    page.wait_for(f"{COUNT} === '1'", 20)
    click(page, "finish")
    page.wait_for(f"{SCREEN} === 'summary'")
    said = page.run("document.getElementById('summary').textContent")
    assert "Before that" in said and said.count("squats") >= 2


def test_a_camera_that_sends_nothing_is_waited_for_in_words(page: Page, site: Assembled) -> None:
    come_in(page, site)
    page.run(
        "HTMLVideoElement.prototype.play = () => new Promise(() => {});"
        "HTMLVideoElement.prototype.requestVideoFrameCallback = () => 0; 0"
    )
    page.run("document.getElementById('start').requestSubmit(); 0")
    page.wait_for("document.querySelector('.guide-text')?.textContent.startsWith('Waiting for the camera: ')", 10)
    assert page.run(SCREEN) == "live"
