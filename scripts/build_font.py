"""Make the fonts that are drawn into videos and key frames and set in the PDF: subsets of Inter, with digits of equal
width. Those of the PDF have quadratic outlines (.ttf), the only ones that reportlab embeds.

    python scripts/build_font.py FOLDER_OR_DEB

Source: Debian's package `fonts-inter` (`apt-get download fonts-inter`, version 4.0~beta7+ds), which is
https://github.com/rsms/inter under the SIL Open Font License 1.1 without a reserved font name. The licence file beside
the fonts goes wherever they go. Needs `fonttools` (in Debian and on PyPI) and, for a .deb, `dpkg-deb`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

WEIGHTS = ("Medium", "SemiBold")
PRINTED = ("Regular", "SemiBold")
OUTLINE_ERROR = 0.5
"""How far a quadratic outline may lie from the cubic one, in units of which a letter's square has 2816 (or 1000)."""
TARGET = Path(__file__).resolve().parents[1] / "vidgait" / "outputs" / "fonts"
FACTS = ("usWeightClass", "sTypoAscender", "sTypoDescender", "usWinAscent", "usWinDescent", "sxHeight", "sCapHeight")
"""Of the letters' size, copied as they are."""

SYMBOLS = "–—‘’“”•…′″‹›€₂₃⁻−×÷±°·≈≠≤≥←↑→↓↔↕▲▼◀▶●○■□✓✕∠∆Δ√∞½¼¾"
RANGES = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0x17F),  # Latin-1 and Latin Extended-A
    (0x18F, 0x18F),
    (0x1CD, 0x1DC),
    (0x218, 0x21B),
    (0x259, 0x259),
    (0x384, 0x3CE),  # Greek
    (0x400, 0x45F),  # Cyrillic
    (0x490, 0x491),
    (0x1E80, 0x1EF9),  # Welsh, Vietnamese
)


def wanted_characters() -> set[int]:
    spans = (range(first, last + 1) for first, last in RANGES)
    return {code for span in spans for code in span} | {ord(symbol) for symbol in SYMBOLS}


def use_tabular_digits(font: TTFont) -> None:
    """Point the digits at the glyphs of equal width, so that a running number does not jitter."""
    substitutions: dict[str, str] = {}
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for part in table.LookupList.Lookup[index].SubTable:
                substitutions |= getattr(getattr(part, "ExtSubTable", part), "mapping", {})
    digits = {ord(character) for character in "0123456789+-−±"}
    for encoding in font["cmap"].tables:
        for code in digits & set(encoding.cmap):
            encoding.cmap[code] = substitutions.get(encoding.cmap[code], encoding.cmap[code])


def build(source: Path, target: Path) -> int:
    font = subset_of(source)
    font.save(target)
    return target.stat().st_size


def build_printed(source: Path, target: Path) -> int:
    """The same letters with quadratic outlines. The time stamp is the source's, so the same source gives the same
    file."""
    font = subset_of(source)
    glyphs = {}
    for name, glyph in font.getGlyphSet().items():
        pen = TTGlyphPen(None)
        glyph.draw(Cu2QuPen(pen, OUTLINE_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    builder = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(font.getGlyphOrder())
    builder.setupCharacterMap(font.getBestCmap())
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (width, 0) for name, (width, _) in font["hmtx"].metrics.items()})
    builder.setupHorizontalHeader(ascent=font["hhea"].ascent, descent=font["hhea"].descent)
    builder.setupOS2(fsType=0, **{fact: getattr(font["OS/2"], fact) for fact in FACTS})
    builder.setupPost(italicAngle=0, keepGlyphNames=False)
    builder.font["name"] = font["name"]
    builder.font["head"].created = builder.font["head"].modified = font["head"].modified
    glyf, metrics = builder.font["glyf"], builder.font["hmtx"].metrics
    for name in metrics:
        glyf[name].recalcBounds(glyf)
        metrics[name] = (metrics[name][0], getattr(glyf[name], "xMin", 0))
    builder.font.recalcTimestamp = False
    builder.save(target)
    return target.stat().st_size


def subset_of(source: Path) -> TTFont:
    font = TTFont(source)
    use_tabular_digits(font)
    options = subset.Options(layout_features=[], hinting=False, desubroutinize=False, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted_characters())
    subsetter.subset(font)
    return font


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    given = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        folder = given
        if given.is_file():
            subprocess.run(["dpkg-deb", "-x", str(given), scratch], check=True)
            folder = Path(scratch)
        for weight in WEIGHTS:
            source = next(folder.rglob(f"Inter-{weight}.otf"))
            target = TARGET / f"vidgait-inter-{weight.lower()}.otf"
            print(f"{target.name}: {build(source, target) / 1000:.1f} kB from {source.name}")
        for weight in PRINTED:
            source = next(folder.rglob(f"Inter-{weight}.otf"))
            target = TARGET / f"vidgait-inter-{weight.lower()}.ttf"
            print(f"{target.name}: {build_printed(source, target) / 1000:.1f} kB from {source.name}")


if __name__ == "__main__":
    main()
