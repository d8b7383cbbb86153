"""Writing what a benchmark has found into its page, between two marks, around which people write."""

from __future__ import annotations

from pathlib import Path

__all__ = ["END", "write_part"]

END = "<!-- end -->"


def write_part(page: Path, name: str, text: str) -> None:
    """What stands in `page` from `<!-- name -->` to the next `<!-- end -->` becomes `text`. Raises ValueError where the
    page lacks either mark: nothing is written then."""
    start = f"<!-- {name} -->\n"
    before, found, rest = page.read_text(encoding="utf-8").partition(start)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError(f"{page.name} has no part from {start.strip()} to {END}")
    page.write_text(f"{before}{start}{text}\n{END}{after}", encoding="utf-8")
