"""What the API says is what boards, catalogue and tallies say; in few statements; nothing in play is told."""

import gzip
import json
from datetime import date, timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from arena.api.describe import describe_api
from arena.api.shapes import Rated
from arena.battles.issuing import Scope as Issuing
from arena.catalog.models import Discipline, ImageModel, Lab, Population, PriceRule
from arena.challenges.models import Category, Challenge, Prompt, ReferencePicture
from arena.generation.models import Candidate, PublicPicture
from arena.generation.moderation import hide_candidate, retire_candidate
from arena.ratings.boards import read_board, read_matchups
from arena.ratings.datasets import Scope
from arena.ratings.publishing import refresh_boards
from arena.ratings.standings import read_standings
from tests.factories import (
    cast,
    create_candidate,
    create_challenge,
    create_model,
    create_offering,
    issue,
)

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


def get(client, path: str, status: int = 200, **query):
    answer = client.get(ROOT + path, query)
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def test_leaderboard_tells_what_the_board_says(client, arena):
    board = read_board(Scope("demo", "text-to-image"))
    told = get(client, "/leaderboards/text-to-image")
    assert (told["votes"], told["voters"], told["count"]) == (board.votes, board.voters, 3)
    assert told["population"] == "demo"
    assert told["as_of"].startswith(board.as_of.isoformat()[:19])
    for row, said in zip(board.rows, told["rows"], strict=True):
        assert said["model"]["slug"] == row.model.slug
        for name in ("rank", "rank_low", "rank_high", "rating", "lower", "upper", "battles"):
            assert said[name] == getattr(row, name)
        assert (said["win_rate"], said["preliminary"]) == (row.win_rate, True)


def test_leaderboards_of_a_challenge_and_a_category(client, arena):
    for name, which, scope in (
        ("challenge", arena.first, Scope("demo", "text-to-image", arena.first.pk)),
        ("category", arena.category, Scope("demo", "text-to-image", None, arena.category.pk)),
    ):
        told = get(client, "/leaderboards/text-to-image", **{name: which.slug})
        assert told[name]["slug"] == which.slug
        assert told["votes"] == read_board(scope).votes > 0


def test_the_list_of_leaderboards_leads_to_each(client, arena):
    told = get(client, "/leaderboards")
    assert told["count"] == len(told["items"]) == 4
    for entry in told["items"]:
        answer = client.get(entry["url"]).json()
        assert {name: answer[name] for name in entry if name != "url"} == {
            name: value for name, value in entry.items() if name != "url"
        }


def test_populations_never_mix(client, arena):
    assert get(client, "/leaderboards/text-to-image", population="real")["rows"] == []
    real = get(client, "/models", population="real")
    assert [model["name"] for model in real["items"]] == ["Real One"]
    slug, demo = real["items"][0]["slug"], arena.models[0].slug
    assert "never meet" in get(client, f"/matchups/{slug}/{demo}", 404)["detail"]


def test_model_tells_prices_places_and_performance(client, arena):
    model = ImageModel.objects.get(name="Real One")
    ImageModel.objects.filter(pk=model.pk).update(family="Ones", aliases=["real-1"])
    other = Lab.objects.create(slug="other-lab", name="Other Lab")
    sibling = create_model(name="Real Two", population=Population.REAL, family="Ones", lab=other)
    named = create_model(name="Real Three", population=Population.REAL)
    model.siblings.add(named)
    stranger = create_model(name="Demo Two", family="Ones")
    PriceRule.objects.update(note="1K picture", source="https://example.org/prices")
    PriceRule.objects.create(
        offering=model.offerings.get(),
        amount="0.01",
        valid_from=date(2025, 1, 1),
        valid_until=date(2025, 2, 1),
    )
    told = get(client, f"/models/{model.slug}")
    assert told["aliases"] == ["real-1"]
    assert [s["slug"] for s in told["siblings"]] == [named.slug, sibling.slug]
    assert stranger.slug not in json.dumps(told)
    assert told["from_price"]["amount"] == "0.040000"
    (offer,) = told["offers"]
    assert [(p["amount"], p["note"], p["unit"]) for p in offer["prices"]] == [
        ("0.040000", "1K picture", "image")
    ]
    assert {p["discipline"] for p in told["performance"]} == set(Discipline.values)
    assert told["performance"][0]["providers"][0]["success"] is None


def test_model_stands_on_every_board_it_is_on(client, arena):
    model = arena.models[0]
    edits = [create_challenge(discipline="image-editing", position=n) for n in (2, 1)]
    edits[0].categories.add(arena.category, Category.objects.create(slug="faces", name="Faces"))
    for challenge in edits:
        for painter in arena.models:
            create_candidate(challenge=challenge, model=painter)
        for _ in range(16):  # of six battles one in a hundred runs left a model out
            cast(scope=Issuing("image-editing", challenge.slug))
    # By position, whatever the title.
    Challenge.objects.filter(pk=arena.first.pk).update(position=101)
    refresh_boards()
    standings = get(client, f"/models/{model.slug}")["standings"]
    places = [
        (s["discipline"], (s["category"] or s["challenge"] or {}).get("slug")) for s in standings
    ]
    assert places == [
        ("text-to-image", None),
        ("image-editing", None),
        ("text-to-image", "logos"),
        ("image-editing", "faces"),
        ("image-editing", "logos"),
        ("text-to-image", arena.second.slug),
        ("text-to-image", arena.first.slug),
        ("image-editing", edits[1].slug),
        ("image-editing", edits[0].slug),
    ]
    (summary,) = (m for m in get(client, "/models")["items"] if m["slug"] == model.slug)
    assert summary["standings"] == standings[:2]
    for told in standings:
        scope = Scope(
            "demo",
            told["discipline"],
            Challenge.objects.get(slug=told["challenge"]["slug"]).pk if told["challenge"] else None,
            Category.objects.get(slug=told["category"]["slug"]).pk if told["category"] else None,
        )
        (row,) = (row for row in read_board(scope).rows if row.model == model)
        assert {name: told[name] for name in Rated.model_fields} == {
            name: getattr(row, name) for name in Rated.model_fields
        }
        assert told["of"] == 3
    Challenge.objects.filter(pk=arena.first.pk).update(status="draft")
    without = get(client, f"/models/{model.slug}")["standings"]
    assert without == [
        s for s in standings if (s["challenge"] or {}).get("slug") != arena.first.slug
    ]
    assert arena.first.pk not in {standing.challenge_id for standing in read_standings(model)}


def test_matchup_tells_the_tallies_from_both_sides(client, arena):
    a, b, _ = arena.models
    records = read_matchups(Scope("demo", "text-to-image"))
    index = {model.pk: place for place, model in enumerate(records.models)}
    one, other = index[a.pk], index[b.pk]
    (told,) = get(client, f"/matchups/{a.slug}/{b.slug}")["disciplines"]
    for name in ("battles", "wins", "losses", "ties", "both_bad", "win_rate", "lower", "upper"):
        assert told[name] == getattr(records.records, name)[one, other]
    assert told["battles"] > 0
    assert sum(part["battles"] for part in told["challenges"]) == told["battles"]
    (turned,) = get(client, f"/matchups/{b.slug}/{a.slug}")["disciplines"]
    assert (turned["wins"], turned["losses"]) == (told["losses"], told["wins"])
    assert turned["win_rate"] == pytest.approx(1 - told["win_rate"])
    assert turned["expected"] == pytest.approx(1 - told["expected"])
    ratings = {r.model.pk: r.rating for r in read_board(Scope("demo", "text-to-image")).rows}
    odds = 10 ** ((ratings[a.pk] - ratings[b.pk]) / 400)
    assert told["expected"] == pytest.approx(odds / (1 + odds))
    (row,) = (
        row
        for row in get(client, f"/models/{a.slug}/matchups")["items"]
        if row["opponent"]["slug"] == b.slug
    )
    assert {name: row[name] for name in row if name != "opponent"} == {
        name: told[name] for name in row if name != "opponent"
    }


def test_challenge_tells_prompts_canvas_references_and_standings(client, arena):
    challenge = arena.first
    ReferencePicture.objects.create(
        challenge=challenge,
        file="references/a.jpg",
        public_name="opaque-name-1",
        width=640,
        height=480,
        alt="A harbour",
        credit="Ann Example",
        licence="CC0",
    )
    Prompt.objects.filter(challenge=challenge).update(is_current=False)
    Prompt.objects.create(challenge=challenge, version=2, text="A red\ncube, again.")
    told = get(client, f"/challenges/{challenge.slug}")
    assert [(p["text"], p["version"]) for p in told["prompts"]] == [("A red\ncube, again.", 2)]
    assert told["canvas"] == {"width": 256, "height": 256}
    (reference,) = told["references"]
    assert (reference["credit"], reference["licence"]) == ("Ann Example", "CC0")
    assert reference["url"].endswith("/pictures/opaque-name-1.jpg")
    board = read_board(Scope("demo", "text-to-image", challenge.pk))
    assert [row["rating"] for row in told["standings"]] == [row.rating for row in board.rows]
    assert told["votes"] == board.votes


def test_drafts_are_nowhere(client, arena):
    draft = create_challenge(status=Challenge.Status.DRAFT, title="Secret draft")
    get(client, f"/challenges/{draft.slug}", 404)
    get(client, f"/challenges/{draft.slug}/pictures", 404)
    get(client, "/leaderboards/text-to-image", 404, challenge=draft.slug)
    assert draft.slug not in json.dumps(get(client, "/challenges"))
    assert draft.slug not in client.get("/feeds/challenges.atom").content.decode()


def every_answer(client, arena) -> str:
    """Everything that the API says, in one text."""
    a, b, *_ = (model.slug for model in arena.models)
    texts = []
    for path in arena.paths:
        for slug in (arena.first.slug, arena.second.slug) if "/challenges/" in path else (a,):
            answer = client.get(path.format(slug=slug, a=a, b=b, discipline="text-to-image"))
            assert answer.status_code == 200
            body = answer.getvalue()
            texts.append((gzip.decompress(body) if path.endswith(".gz") else body).decode())
    texts += [
        client.get(f"/feeds/{name}.atom").content.decode() for name in ("models", "challenges")
    ]
    return "\n".join(texts)


def test_nothing_in_play_no_battle_and_no_person_is_told(client, arena):
    voter = arena.voters[0]
    waiting = issue(voter=voter)
    told = every_answer(client, arena)
    for candidate in Candidate.objects.filter(status=Candidate.Status.IN_PLAY):
        assert candidate.original_name not in told
        assert candidate.original_sha256 not in told
        assert not any(picture.name in told for picture in candidate.pictures.all())
    assert waiting.token not in told
    assert not any(vote.battle.token in told for vote in arena.votes)
    assert arena.retired.original_name in told


def test_pictures_follow_the_one_rule_of_release(client, arena):
    path = f"/challenges/{arena.first.slug}/pictures"
    (told,) = get(client, path)["items"]
    names = {p.kind: p.name for p in PublicPicture.objects.filter(candidate=arena.retired)}
    assert told["large"] == f"http://testserver/pictures/{names['jpeg_1024']}.jpg"
    assert told["original"].endswith(reverse("web:original", args=[arena.retired.original_name]))
    assert (told["model"]["slug"], told["take"]) == (arena.models[0].slug, 7)
    assert get(client, path, model=arena.models[1].slug)["items"] == []
    playing = Candidate.objects.filter(slot__prompt__challenge=arena.first).first()
    Candidate.objects.filter(pk=playing.pk).update(looks=arena.retired.looks)
    sealed = get(client, path)
    assert (sealed["items"], sealed["withheld"]) == ([], 1)
    retire_candidate(playing)
    assert get(client, path)["count"] == 2
    hide_candidate(playing, reason="Not good.")
    # A hidden picture that was retired before cannot be voted on: the other one is shown again.
    assert [item["take"] for item in get(client, path)["items"]] == [7]
    closed_at = Now() - timedelta(days=1)
    Challenge.objects.filter(pk=arena.first.pk).update(status="closed", closed_at=closed_at)
    assert get(client, path)["count"] == 3


def test_pages_of_a_list_follow_each_other(client, arena):
    seen, address = [], f"{ROOT}/models?limit=3"
    for _ in range(2):
        page = client.get(address).json()
        seen += [model["name"] for model in page["items"]]
        address = page["next"]
    assert address is None
    assert seen == list(ImageModel.objects.order_by("name").values_list("name", flat=True))
    assert get(client, "/models", offset=1_000_000)["items"] == []


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/models?limit=0", 422, "limit"),
        ("/models?limit=501", 422, "limit"),
        ("/models?offset=99999999999999999999", 422, "offset"),
        ("/models?population=fake", 422, "population"),
        ("/models?limt=3", 422, "limt"),
        ("/models/UPPER", 422, "slug"),
        ("/models/a%00b", 422, "slug"),
        ("/models/nobody", 404, "nobody"),
        ("/models/nobody/matchups", 404, "nobody"),
        ("/matchups/nobody/nobody", 404, "itself"),
        ("/leaderboards/poetry", 422, "discipline"),
        ("/leaderboards/text-to-image?category=nothing", 404, "nothing"),
        ("/leaderboards/text-to-image?challenge=nothing", 404, "nothing"),
        ("/leaderboards/text-to-image?challenge=a&category=b", 404, "category"),
        ("/challenges/nothing", 404, "nothing"),
        ("/exports/votes.csv?since=yesterday", 422, "since"),
        ("/exports/votes.csv?since=99999-01-01", 422, "since"),
        ("/exports/votes.xml", 404, "/api/v1/"),
        ("/nowhere/at/all", 404, "/api/v1/"),
    ],
)
def test_mistakes_are_told_as_problems(client, path, status, said):
    answer = client.get(ROOT + path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    told = answer.json()
    assert told["status"] == status
    assert said in told["detail"]
    assert bool(told.get("errors")) == (status == 422)


QUERIES = {
    "/leaderboards": 2,
    "/leaderboards/text-to-image": 3,
    "/leaderboards/text-to-image?challenge={first}": 4,
    "/models": 6,
    "/models/{a}": 7,
    "/models/{a}/matchups": 3,
    "/matchups/{a}/{b}": 5,
    "/challenges": 5,
    "/challenges/{first}": 7,
    "/challenges/{first}/pictures": 6,
}


def test_queries_do_not_grow_with_rows(client, arena, django_assert_num_queries):
    a, b, _ = (model.slug for model in arena.models)

    def ask_all() -> None:
        for path, queries in QUERIES.items():
            address = ROOT + path.format(a=a, b=b, first=arena.first.slug)
            with django_assert_num_queries(queries, info=path):
                assert client.get(address).status_code == 200

    ask_all()
    for number in range(2):
        model = create_model(population=Population.DEMO)
        create_offering(model=model, price="0.02")
        challenge = create_challenge()
        challenge.categories.add(arena.category)
        create_candidate(challenge=challenge, model=model)
        retire_candidate(create_candidate(challenge=arena.first, model=model, take=20 + number))
    ask_all()


def test_the_page_lists_every_address_and_is_clean(client, arena):
    answer = client.get(f"{ROOT}/")
    page = answer.content.decode()
    for path in describe_api()["paths"]:
        assert f"<code>{path}</code>" in page
    assert "style=" not in page
    assert "<script>" not in page
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert f'href="{ROOT}/"' in client.get("/about/voting/").content.decode()
