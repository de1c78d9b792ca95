"""Five looks of the coast: hour, weather, light and the shape of the land."""

from __future__ import annotations

from dataclasses import dataclass, replace

Tone = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """One hour and weather on the coast.

    `sun` is (x across 0..1, height above the horizon in parts of the picture's height); heights
    over 1 stand outside the picture. `shores` are bays and capes as (side, near, step, swing): land
    lies beyond |x| = near + step * z on that side, and its edge swings. Light colours are linear
    gains.
    """

    name: str
    top: Tone
    low: Tone
    haze: Tone
    deep: Tone
    shallow: Tone
    light: Tone
    ambient: Tone
    grass: Tone
    sun: tuple[float, float]
    shores: tuple[tuple[int, float, float, float], ...]
    horizon: float
    relief: float
    haze_reach: float
    cloud: float
    cloud_kind: str
    glitter: float
    stacks: tuple[tuple[float, float, float], ...]
    length: float
    place: float
    seed: int
    disc: float = 0.028
    disc_tone: Tone = (1.0, 0.96, 0.82)
    glow: Tone = (1.0, 0.72, 0.38)
    cloud_tone: Tone = (1.0, 1.0, 1.0)
    stars: float = 0.0

    @property
    def is_night(self) -> bool:
        """Whether lamps are needed."""
        return self.stars > 0


LOOKS: tuple[Look, ...] = (
    Look(
        "noon",
        (0.16, 0.42, 0.80),
        (0.66, 0.84, 0.95),
        (0.70, 0.83, 0.94),
        (0.02, 0.20, 0.40),
        (0.16, 0.62, 0.66),
        (1.12, 1.06, 0.96),
        (0.44, 0.52, 0.64),
        (0.42, 0.44, 0.20),
        (0.25, 1.5),
        ((1, 0.55, 0.16, 0.55),),
        0.43,
        1.0,
        26.0,
        0.35,
        "cirrus",
        0.35,
        ((-1.2, 7.0, 0.34),),
        0.66,
        0.47,
        11,
    ),
    Look(
        "golden hour",
        (0.30, 0.42, 0.66),
        (1.0, 0.70, 0.40),
        (0.98, 0.70, 0.46),
        (0.12, 0.18, 0.30),
        (0.46, 0.44, 0.40),
        (1.35, 0.86, 0.48),
        (0.44, 0.40, 0.48),
        (0.62, 0.46, 0.20),
        (0.70, 0.085),
        ((-1, 0.7, 0.10, 0.6),),
        0.47,
        1.1,
        13.0,
        0.5,
        "streaks",
        1.0,
        ((0.9, 8.0, 0.30), (1.5, 9.5, 0.20)),
        0.76,
        0.50,
        23,
    ),
    Look(
        "marine haze",
        (0.70, 0.77, 0.83),
        (0.90, 0.90, 0.88),
        (0.87, 0.89, 0.89),
        (0.28, 0.42, 0.48),
        (0.52, 0.66, 0.68),
        (0.98, 0.96, 0.92),
        (0.62, 0.66, 0.70),
        (0.42, 0.46, 0.30),
        (0.4, 1.2),
        ((1, 0.85, 0.10, 0.5), (-1, 1.3, 0.16, 0.7)),
        0.42,
        1.25,
        5.5,
        0.0,
        "fog",
        0.12,
        ((0.2, 5.5, 0.42), (0.75, 6.5, 0.26)),
        0.54,
        0.58,
        37,
    ),
    Look(
        "overcast",
        (0.40, 0.46, 0.54),
        (0.78, 0.80, 0.80),
        (0.66, 0.71, 0.75),
        (0.09, 0.19, 0.24),
        (0.30, 0.46, 0.48),
        (0.72, 0.74, 0.76),
        (0.56, 0.60, 0.64),
        (0.24, 0.34, 0.16),
        (0.5, 1.6),
        ((-1, 0.5, 0.14, 0.5),),
        0.40,
        1.5,
        20.0,
        1.0,
        "deck",
        0.10,
        ((0.5, 6.0, 0.5), (0.8, 6.4, 0.28), (1.6, 8.5, 0.35)),
        0.70,
        0.52,
        53,
    ),
    Look(
        "big sky",
        (0.10, 0.36, 0.72),
        (0.74, 0.88, 0.96),
        (0.74, 0.86, 0.95),
        (0.03, 0.26, 0.44),
        (0.22, 0.66, 0.70),
        (1.18, 1.08, 0.92),
        (0.46, 0.54, 0.66),
        (0.66, 0.56, 0.28),
        (0.85, 1.3),
        ((1, 1.25, 0.06, 0.7), (-1, 1.0, 0.30, 0.6)),
        0.52,
        0.8,
        30.0,
        0.9,
        "cumulus",
        0.45,
        (),
        0.48,
        0.42,
        71,
    ),
)


NIGHTS: tuple[Look, ...] = (
    Look(
        "full moon",
        (0.015, 0.035, 0.11),
        (0.13, 0.22, 0.38),
        (0.14, 0.22, 0.36),
        (0.006, 0.03, 0.07),
        (0.07, 0.15, 0.20),
        (0.62, 0.72, 0.92),
        (0.13, 0.17, 0.28),
        (0.30, 0.34, 0.26),
        (0.72, 0.20),
        ((-1, 0.7, 0.12, 0.6),),
        0.45,
        1.1,
        16.0,
        0.35,
        "streaks",
        1.0,
        ((0.9, 8.0, 0.34),),
        0.68,
        0.46,
        113,
        0.050,
        (0.97, 0.97, 0.90),
        (0.40, 0.52, 0.78),
        (0.26, 0.32, 0.46),
        0.5,
    ),
    Look(
        "blue hour",
        (0.045, 0.09, 0.25),
        (0.86, 0.46, 0.26),
        (0.52, 0.34, 0.34),
        (0.03, 0.07, 0.16),
        (0.16, 0.20, 0.28),
        (0.80, 0.52, 0.40),
        (0.22, 0.24, 0.40),
        (0.32, 0.30, 0.22),
        (0.30, 0.0),
        ((1, 0.6, 0.14, 0.5),),
        0.48,
        1.2,
        11.0,
        0.55,
        "streaks",
        0.7,
        ((-0.9, 7.5, 0.36), (-0.3, 9.0, 0.24)),
        0.76,
        0.52,
        127,
        0.0,
        (1.0, 0.8, 0.5),
        (1.0, 0.50, 0.22),
        (0.62, 0.44, 0.50),
        0.22,
    ),
    Look(
        "night fog",
        (0.09, 0.12, 0.16),
        (0.25, 0.29, 0.33),
        (0.24, 0.28, 0.32),
        (0.05, 0.08, 0.10),
        (0.12, 0.17, 0.19),
        (0.42, 0.46, 0.52),
        (0.24, 0.27, 0.32),
        (0.26, 0.29, 0.22),
        (0.5, 1.4),
        ((1, 0.9, 0.10, 0.5), (-1, 1.1, 0.16, 0.7)),
        0.42,
        1.3,
        4.5,
        0.0,
        "fog",
        0.05,
        ((0.3, 5.5, 0.42),),
        0.56,
        0.40,
        139,
        0.0,
        (1.0, 1.0, 1.0),
        (0.3, 0.34, 0.40),
        (0.3, 0.3, 0.3),
        0.01,
    ),
    Look(
        "milky way",
        (0.010, 0.016, 0.055),
        (0.09, 0.17, 0.25),
        (0.08, 0.14, 0.21),
        (0.004, 0.02, 0.04),
        (0.04, 0.12, 0.15),
        (0.40, 0.46, 0.62),
        (0.13, 0.15, 0.24),
        (0.24, 0.30, 0.22),
        (0.45, 1.4),
        ((1, 0.55, 0.16, 0.55),),
        0.56,
        1.5,
        20.0,
        0.0,
        "galaxy",
        0.15,
        ((-1.1, 6.5, 0.4),),
        0.52,
        0.40,
        151,
        0.0,
        (1.0, 1.0, 1.0),
        (0.3, 0.4, 0.5),
        (0.3, 0.3, 0.3),
        1.0,
    ),
    Look(
        "violet dusk",
        (0.10, 0.05, 0.22),
        (0.78, 0.36, 0.46),
        (0.52, 0.28, 0.42),
        (0.07, 0.05, 0.17),
        (0.26, 0.17, 0.30),
        (0.74, 0.46, 0.58),
        (0.28, 0.22, 0.38),
        (0.32, 0.24, 0.26),
        (0.42, 0.30),
        ((-1, 0.9, 0.14, 0.5), (1, 1.2, 0.10, 0.6)),
        0.50,
        1.2,
        13.0,
        0.45,
        "cirrus",
        0.6,
        (),
        0.62,
        0.56,
        163,
        0.034,
        (1.0, 0.95, 0.90),
        (0.74, 0.40, 0.50),
        (0.70, 0.34, 0.46),
        0.4,
    ),
)


def look_of(*, take: int, night: bool = False) -> Look:
    """The look of a take; takes above the fifth keep the look on another stretch of coast."""
    looks = NIGHTS if night else LOOKS
    base = looks[take % len(looks)]
    turn = take // len(looks)
    if not turn:
        return base
    shores = tuple((-side, near, step, swing) for side, near, step, swing in base.shores)
    return replace(
        base,
        seed=base.seed + 97 * turn,
        place=1.0 - base.place,
        sun=(1.0 - base.sun[0], base.sun[1]),
        shores=shores if turn % 2 else base.shores,
        stacks=tuple((-x, z, size) for x, z, size in base.stacks) if turn % 2 else base.stacks,
    )
