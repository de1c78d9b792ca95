"""What the last examination of a board says of left and right and of its first place, for every page of it."""

from collections.abc import Mapping
from typing import Any

from arena.ratings.models import Diagnosis


def describe_examination(diagnosis: Diagnosis, *, names: Mapping[int, str]) -> dict[str, Any]:
    """Take the side bias and the first place's footing out of a report; shares are percentages.

    `names` maps model ids to names. `left` is None without a decisive vote, `flip` while the place is shared.
    """
    report = diagnosis.report
    said, flip = report["verdicts"], report["flip"]
    shares = [said[f"left_{end}"] for end in ("share", "lower", "upper")]
    left = None
    if None not in shares:
        left = dict(zip(("share", "low", "high"), (100 * share for share in shares), strict=True))
    return {
        "votes": diagnosis.votes,
        "made_at": diagnosis.made_at,
        "left": left,
        "side_bias": report["side_bias"],
        "flip": {
            **flip,
            "percent": 100 * flip["share"],
            "better": names.get(report["models"][flip["better"]], "?"),
            "worse": names.get(report["models"][flip["worse"]], "?"),
        }
        if flip
        else None,
    }
