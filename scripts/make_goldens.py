"""Write tests/golden/*.json: the cut-down result of every sample clip, as it is today.

    python scripts/make_goldens.py            # after a change that is meant to move numbers; say why in CHANGELOG.md

`tests/golden/test_goldens.py` compares. The files hold what a person would notice: what was recognised, how many
repetitions and when, and every number of the set with its band.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vidgait import Analysis, analyze

ROOT = Path(__file__).resolve().parent.parent
GOLDENS = ROOT / "tests" / "golden"


def samples() -> list[Path]:
    return sorted((ROOT / "sample_videos").glob("*.mp4"))


def cut_down(analysis: Analysis) -> dict[str, Any]:
    """What a change must not move unnoticed."""
    return {
        "movement": analysis.movement.label,
        "views": [segment.view for segment in analysis.segments],
        "reps": [
            {
                "kind": rep.kind,
                "index": rep.index,
                "side": rep.side,
                "instants": {k: round(v, 3) for k, v in rep.instants.items()},
            }
            for rep in analysis.reps
        ],
        "measures": {
            f"{one.id} {one.side or ''}".strip(): _shown(one.value, one.error, one.why_none)
            for one in analysis.measures
            if one.rep is None
        },
        "patterns": [[one.side, one.rep, one.label] for one in analysis.patterns],
        "issues": sorted({issue.code for issue in analysis.issues}),
    }


def _shown(value: float | None, error: float | None, why_none: str | None) -> Any:
    if value is None:
        return why_none
    return [round(value, 3), None if error is None else round(error, 3)]


def main() -> None:
    for sample in samples():
        text = json.dumps(cut_down(analyze(sample)), indent=1, ensure_ascii=False)
        (GOLDENS / f"{sample.stem}.json").write_text(text + "\n", encoding="utf-8")
        print(f"tests/golden/{sample.stem}.json")


if __name__ == "__main__":
    main()
