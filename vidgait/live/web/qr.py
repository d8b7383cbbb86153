"""A link as a picture that a phone reads."""

from __future__ import annotations

import io

__all__ = ["qr_svg", "qr_terminal"]


def qr_terminal(link: str) -> str:
    """In half blocks, as the terminal shows them. Needs a terminal that writes UTF-8."""
    import segno

    drawn = io.StringIO()
    segno.make(link, error="m", micro=False).terminal(out=drawn, compact=True, border=2)
    return drawn.getvalue()


def qr_svg(link: str) -> str:
    """A whole SVG document, black on white, without styles or scripts."""
    import segno

    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=3, scale=6, dark="#000", light="#fff")
    return drawn.getvalue().decode()
