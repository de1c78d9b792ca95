"""The painter: every kind it takes, what it declines, and that takes and words come out right."""

from __future__ import annotations

import numpy as np
import pytest

from arena.studios.creatures import Creature
from arena.studios.fonts import PLAYFAIR, measure
from arena.studios.gouache.brush import repaint
from arena.studios.gouache.emblem import stack
from arena.studios.gouache.poster import place_steps
from arena.studios.gouache.scene import title_sheet
from arena.studios.gouache.studio import KINDS, REFUSALS
from arena.studios.noise import Floats, grid
from arena.studios.plan import DeclinedError, Plan, read_prompt

SIDE = 88
PROMPTS = {
    "animals": "A golden retriever puppy in a meadow at sunrise.",
    "diorama": "Isometric miniature diorama of sushi, light blue background. 'JAPAN' above.",
    "emblem": 'Logo for "Caffè Florian" and "Est. 1720", a cloche, warm brown and cream tones.',
    "menu": "Restaurant menu, white background, sections for appetizers/pizza/mains, bold fonts.",
    "poster": 'Poster "Tea Time" with steps: 1. Boil 2. Pour 3. Wait 4. Drink. Green, cream, orange.',
    "scene": "A red sphere on a wooden table. A green cube is left of it.",
}


def draw(kind: str, *, take: int, width: int = SIDE, height: int = SIDE) -> Floats:
    plan = read_prompt(prompt=PROMPTS[kind], has_reference=False)
    return KINDS[kind](plan=plan, take=take, width=width, height=height)


def day() -> Floats:
    """A smooth blue sky over a green hill."""
    u, v = grid(width=120, height=90)
    sky = np.stack([0.45 + 0.4 * v, 0.66 + 0.25 * v, 0.92 + 0 * v], axis=-1)
    ground = np.stack([0.25 + 0.2 * u, 0.45 + 0.1 * u, 0.18 + 0 * u], axis=-1)
    hill = (v > 0.42 + 0.06 * np.sin(u * 7))[..., None]
    return np.where(hill, ground, sky).astype(np.float32)


def distance(a: Floats, b: Floats) -> float:
    return float(np.abs(a - b).mean())


@pytest.mark.parametrize("kind", sorted(PROMPTS))
def test_text_kind_fills_the_canvas_with_colour(kind: str) -> None:
    picture = draw(kind, take=1, width=128, height=96)
    assert picture.shape == (96, 128, 3)
    assert np.isfinite(picture).all()
    assert picture.min() >= 0 and picture.max() <= 1.001
    assert picture.std() > 0.04


@pytest.mark.parametrize("kind", ["animals", "emblem", "menu", "poster"])
def test_five_takes_and_a_sixth_all_differ(kind: str) -> None:
    takes = [draw(kind, take=take) for take in range(6)]
    gaps = [distance(a, b) for i, a in enumerate(takes) for b in takes[i + 1 :]]
    assert min(gaps) > 0.004
    assert sorted(gaps)[len(gaps) // 3] > 0.03


@pytest.mark.parametrize("kind", ["animals", "poster"])
def test_same_take_gives_the_same_picture(kind: str) -> None:
    assert np.array_equal(draw(kind, take=3), draw(kind, take=3))


@pytest.mark.parametrize("kind", ["night", "painterly"])
def test_edits_keep_the_shape_and_differ_by_take(kind: str) -> None:
    plan = Plan(kind=kind, prompt="x")
    takes = [KINDS[kind](plan=plan, picture=day(), take=take) for take in range(2)]
    assert all(picture.shape == (90, 120, 3) for picture in takes)
    assert distance(takes[0], takes[1]) > 0.01


def test_night_is_dark_and_its_sky_is_blue() -> None:
    picture = KINDS["night"](plan=Plan(kind="night", prompt="x"), picture=day(), take=0)
    assert picture.mean() < 0.55 * day().mean()
    sky = picture[:20].mean(axis=(0, 1))
    assert sky[2] > 1.4 * sky[0]


def test_night_declines_a_picture_without_sky() -> None:
    rng = np.random.default_rng(4)
    indoors = rng.random((90, 120, 3), dtype=np.float32)
    with pytest.raises(DeclinedError, match="sky"):
        KINDS["night"](plan=Plan(kind="night", prompt="x"), picture=indoors, take=0)


def test_animals_decline_an_unknown_species_by_name() -> None:
    plan = Plan(kind="animals", prompt="x", creatures=(Creature("elephant"),))
    with pytest.raises(DeclinedError, match="elephant"):
        KINDS["animals"](plan=plan, take=0, width=64, height=64)


def test_animals_decline_butterflies_alone() -> None:
    plan = Plan(kind="animals", prompt="x", creatures=(Creature("butterfly", many=True),))
    with pytest.raises(DeclinedError, match="no animal"):
        KINDS["animals"](plan=plan, take=0, width=64, height=64)


def test_a_red_coat_is_redder_than_a_white_one() -> None:
    def paint(coat: str) -> Floats:
        plan = Plan(kind="animals", prompt="x", creatures=(Creature("fox", coat),))
        return KINDS["animals"](plan=plan, take=2, width=SIDE, height=SIDE)

    red, white = paint("red"), paint("white")
    changed = np.abs(red - white).max(axis=2) > 0.15
    assert changed.mean() > 0.03
    assert (red - white)[changed][:, 2].mean() < -0.1


def test_night_hour_makes_a_darker_meadow() -> None:
    creatures = (Creature("rabbit"),)
    bright = Plan(kind="animals", prompt="x", creatures=creatures, hour="sunrise")
    dark = Plan(kind="animals", prompt="x", creatures=creatures, hour="night")
    day_picture, night_picture = (
        KINDS["animals"](plan=plan, take=0, width=SIDE, height=SIDE) for plan in (bright, dark)
    )
    assert night_picture.mean() < 0.7 * day_picture.mean()


def test_diorama_keeps_the_background_that_was_asked_for() -> None:
    picture = draw("diorama", take=0)
    corner = picture[-14:, :14].mean(axis=(0, 1))
    assert np.abs(corner - np.array([186, 218, 242]) / 255).max() < 0.12


def test_diorama_title_carries_the_words_and_the_flag() -> None:
    plan = Plan(kind="diorama", prompt="x", lettering=("CAFÉ", "Crème & <Thé>"), flag="italy")
    svg = title_sheet(plan, 1, 1.0)
    assert ">CAFÉ<" in svg and ">Crème &amp; &lt;Thé&gt;<" in svg and "#008c45" in svg


def test_emblem_uses_the_inks_said() -> None:
    plan = read_prompt(prompt='Logo for "Nord" in dark green and white', has_reference=False)
    picture = KINDS["emblem"](plan=plan, take=2, width=SIDE, height=SIDE)
    band = picture[47:52, 16:24].mean(axis=(0, 1))
    assert band[1] > band[0] + 0.05 and band[1] > band[2] + 0.03
    assert picture[4:10, 4:10].mean() > 0.85


@pytest.mark.parametrize(
    "name", ["Bar", "Königsberg Mountain Outfitters", "A Very Long Name Of Four"]
)
def test_emblem_names_stay_within_their_room(name: str) -> None:
    rows, size = stack(name, PLAYFAIR, room=560, most=104)
    assert " ".join(rows) == name
    assert all(measure(row, PLAYFAIR, size, 0.02 * size) <= 560.5 for row in rows)


@pytest.mark.parametrize("take", range(5))
@pytest.mark.parametrize("count", [1, 3, 6, 8])
def test_poster_steps_stay_on_the_page_and_apart(take: int, count: int) -> None:
    posts = place_steps(count, take=take, wide=1000, tall=1400, foot=150)
    assert len(posts) == count
    for post in posts:
        assert post.r < post.x < 1000 - post.r
        assert post.y - post.r > 200 and post.y + post.r < 1300
        assert post.room > 100
    centres = np.array([(post.x, post.y) for post in posts])
    for k in range(count):
        others = np.delete(centres, k, axis=0)
        if len(others):
            assert np.hypot(*(others - centres[k]).T).min() > 1.5 * posts[k].r


def test_repaint_keeps_the_scene_and_shows_strokes() -> None:
    picture = day()
    painted = repaint(picture, take=1, warmth=0.0)
    assert painted.shape == picture.shape
    assert 0.01 < distance(painted, picture) < 0.12
    assert distance(repaint(picture, take=1, warmth=0.0), painted) == 0


def test_repaint_warmth_moves_the_colour() -> None:
    warm, cool = (repaint(day(), take=0, warmth=warmth) for warmth in (1.0, -1.0))
    lean = (warm[..., 0] - warm[..., 2]).mean() - (cool[..., 0] - cool[..., 2]).mean()
    assert lean > 0.05


def test_what_is_not_painted_is_refused_with_a_sentence() -> None:
    assert {"people", "portrait", "caricature", "hair", "change", "print", "nothing"} == set(
        REFUSALS
    )
    assert not set(REFUSALS) & set(KINDS)
    assert all(reason.endswith(".") and len(reason) > 40 for reason in REFUSALS.values())
