"""The report in a real Chromium, from file://, as a coach opens it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2  # noqa: F401  before av: the other order makes OpenCV's windows hang

import av  # isort: skip
import numpy as np
import pytest
from PIL import Image

from tests.support.analyses import synthetic_squat
from tests.support.chromium import Page, find_chromium, open_page
from vidgait.outputs.keyframes import plan_key_frames
from vidgait.outputs.report import write_report

if TYPE_CHECKING:
    from vidgait.types import Analysis

pytestmark = pytest.mark.slow

PLOT = "[data-slider]"
AT = "parseFloat(getComputedStyle(document.getElementById('curves')).getPropertyValue('--at'))"


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 400), (90, 110, 130)).save(buffer, "JPEG")
    return buffer.getvalue()


def write_video(path: Path, media_time_s: Any, size_px: tuple[int, int]) -> None:
    """A small video whose pictures have exactly these times."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast", "g": "10"})
        stream.width, stream.height, stream.pix_fmt = *size_px, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 90_000)
        for number, time_s in enumerate(media_time_s):
            image = np.full((size_px[1], size_px[0], 3), number % 250, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = round(time_s * 90_000), Fraction(1, 90_000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    browser = find_chromium()
    if browser is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with open_page(browser) as page:
        yield page


@pytest.fixture(scope="module")
def slow_motion() -> Analysis:
    """Filmed four times slower than life: a second of the movement is four seconds of the video."""
    analysis = synthetic_squat("left", reps=2, size_px=(180, 320))
    return replace(analysis, poses=replace(analysis.poses, media_time_s=4.0 * analysis.poses.time_s))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, slow_motion: Analysis) -> Path:
    folder = tmp_path_factory.mktemp("Übung 1 & 2")
    write_video(folder / "annotated.mp4", slow_motion.poses.media_time_s, (180, 320))
    pictures = {key.name: jpeg() for key in plan_key_frames(slow_motion)}
    write_report(folder / "report.html", slow_motion, pictures, "annotated.mp4")
    write_report(folder / "alone.html", slow_motion, pictures, None)
    write_report(folder / "lost.html", slow_motion, pictures, "not_there.mp4")
    return folder


def opened(page: Page, file: Path) -> Page:
    page.problems.clear()
    page.requests.clear()
    page.resize(1280, 900)
    page.load(file.as_uri())
    return page


@pytest.fixture
def report(page: Page, folder: Path) -> Page:
    opened(page, folder / "report.html").wait_for("document.querySelector('video').readyState >= 2")
    return page


def cursor_share(page: Page) -> float:
    return (
        float(page.run("parseFloat(getComputedStyle(document.getElementById('curves')).getPropertyValue('--at'))"))
        / 100
    )


def place(page: Page, share: float) -> tuple[float, float]:
    """A point on the first plot, in the window."""
    page.run(f"document.querySelector('{PLOT}').scrollIntoView({{block: 'center', behavior: 'instant'}})")
    box = page.run(
        f"(r => [r.left, r.top, r.width, r.height])(document.querySelector('{PLOT}').getBoundingClientRect())"
    )
    return box[0] + share * box[2], box[1] + box[3] / 2


def test_it_opens_without_errors_and_without_the_network(report: Page, folder: Path) -> None:
    assert report.problems == []
    asked = [address for address in report.requests if not address.startswith("data:")]
    assert set(asked) == {(folder / "report.html").as_uri(), (folder / "annotated.mp4").as_uri()}


def test_a_click_on_a_curve_seeks_the_video(report: Page, slow_motion: Analysis) -> None:
    x, y = place(report, 0.5)
    report.mouse("mousePressed", x, y)
    report.mouse("mouseReleased", x, y)
    time_s = slow_motion.poses.time_s
    wanted = 4.0 * float(time_s[0] + 0.5 * (time_s[-1] - time_s[0]))
    report.wait_for("!document.querySelector('video').seeking")
    assert report.run("document.querySelector('video').currentTime") == pytest.approx(wanted, abs=0.05)
    assert cursor_share(report) == pytest.approx(0.5, abs=0.01)


def test_dragging_moves_along(report: Page) -> None:
    report.mouse("mousePressed", *place(report, 0.2))
    report.mouse("mouseMoved", *place(report, 0.8))
    report.mouse("mouseReleased", *place(report, 0.8))
    report.wait_for("!document.querySelector('video').seeking")
    assert cursor_share(report) == pytest.approx(0.8, abs=0.01)


def test_the_cursor_and_the_numbers_follow_the_video(report: Page, slow_motion: Analysis) -> None:
    bottom_s = slow_motion.reps[0].instants["bottom"]
    report.run(f"document.querySelector('video').currentTime = {4.0 * bottom_s + 0.01}")
    time_s = slow_motion.poses.time_s
    share = (bottom_s - time_s[0]) / (time_s[-1] - time_s[0])
    report.wait_for(f"Math.abs({AT} - {100 * share}) < 0.5")
    knee = next(s for s in slow_motion.series if s.name == "knee_flexion_deg" and s.side == "left")
    expected = float(knee.value[int(np.argmin(np.abs(time_s - bottom_s)))])
    assert report.run("document.querySelector('output').textContent") == f"{expected:.0f}°"


def test_it_follows_while_playing(report: Page) -> None:
    report.run("document.querySelector('video').currentTime = 0")
    report.wait_for(f"{AT} < 0.5")
    report.run("(v => { v.muted = true; return v.play(); })(document.querySelector('video'))")
    report.wait_for(f"{AT} > 1")
    report.run("document.querySelector('video').pause()")


def test_a_repetition_of_the_table_seeks(report: Page, slow_motion: Analysis) -> None:
    report.run("document.querySelectorAll('[data-seek]')[1].click()")
    report.wait_for("!document.querySelector('video').seeking")
    wanted = 4.0 * slow_motion.reps[1].start_s
    assert report.run("document.querySelector('video').currentTime") == pytest.approx(wanted, abs=0.06)


def test_the_keyboard_moves_frame_by_frame(report: Page, slow_motion: Analysis) -> None:
    report.run(f"document.querySelector('{PLOT}').focus()")
    report.key("Home")
    assert cursor_share(report) == 0.0
    report.key("ArrowRight")
    time_s = slow_motion.poses.time_s
    assert cursor_share(report) == pytest.approx((time_s[1] - time_s[0]) / (time_s[-1] - time_s[0]), abs=1e-4)
    assert float(report.run(f"document.querySelector('{PLOT}').getAttribute('aria-valuenow')")) == round(time_s[1], 2)
    report.key("End")
    assert cursor_share(report) == 1.0


def test_sides_can_be_hidden(report: Page) -> None:
    shown = "getComputedStyle(document.querySelector('g.line.right')).display"
    assert report.run(shown) != "none"
    report.run("document.getElementById('show-right').click()")
    assert report.run(shown) == "none"
    assert report.run("getComputedStyle(document.querySelector('g.line.left')).display") != "none"


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_sticks_out(report: Page, width: int) -> None:
    report.resize(width, 844, phone=width < 500)
    report.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert report.run("document.documentElement.scrollWidth") <= width
    outside = report.run(
        "[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll') && !e.closest('svg')"
        " && !e.closest('.skip') && (r => r.right > innerWidth + 1 || (r.width && r.left < -1))"
        "(e.getBoundingClientRect())).map(e => e.outerHTML.slice(0, 80))"
    )
    assert outside == []


def test_text_has_contrast(report: Page) -> None:
    """WCAG AA: 4.5 to 1 for every text on the ground it stands on."""
    weak = report.run("""(() => {
        const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3)
            .map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
            if (!/, 0\\)$/.test(c) && c !== 'transparent') return c; } return 'rgb(255, 255, 255)'; };
        document.querySelectorAll('details').forEach(d => d.open = true);
        return [...document.querySelectorAll('main *')]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
            .filter(e => { const a = light(getComputedStyle(e).color), b = light(ground(e));
                return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5; })
            .map(e => e.outerHTML.slice(0, 80));
    })()""")
    assert weak == []


def test_without_a_video_the_curves_still_answer(page: Page, folder: Path) -> None:
    opened(page, folder / "alone.html")
    x, y = place(page, 0.25)
    page.mouse("mousePressed", x, y)
    page.mouse("mouseReleased", x, y)
    assert cursor_share(page) == pytest.approx(0.25, abs=0.01)
    assert page.problems == []


def test_a_video_that_went_missing_is_said(page: Page, folder: Path) -> None:
    opened(page, folder / "lost.html").wait_for("!document.querySelector('.video-missing').hidden")
    assert page.run("document.querySelector('video').hidden")


def test_without_a_script_the_page_is_whole(page: Page, folder: Path) -> None:
    page.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        opened(page, folder / "report.html")
        # The tools' own evaluation still runs while the page's script does not.
        assert page.run("document.documentElement.classList.contains('script')") is False
        assert page.run("document.querySelectorAll('svg path.curve').length") >= 5
        assert page.run("getComputedStyle(document.querySelector('.toggles')).display") == "none"
    finally:
        page.send("Emulation.setScriptExecutionDisabled", value=False)


def test_it_prints_on_a4(report: Page) -> None:
    pdf = report.pdf()
    assert pdf.startswith(b"%PDF") and len(pdf) > 20_000
    report.send("Emulation.setEmulatedMedia", media="print")
    try:
        assert report.run("getComputedStyle(document.querySelector('.player')).display") == "none"
    finally:
        report.send("Emulation.setEmulatedMedia", media="")
