"""The gallery: only what has left the vote, chosen by its address, page by page, and never a 500."""

import gzip

import pytest
from django.urls import reverse

from arena.catalog.models import ImageModel, Population
from arena.challenges.models import Category
from arena.generation.models import Candidate
from arena.generation.moderation import retire_candidate
from arena.web import gallery
from tests.factories import cast, create_arena, create_candidate, create_challenge, create_model

pytestmark = pytest.mark.django_db


def address(**query: str) -> str:
    return reverse("web:gallery", query=query or None)


def shown(client, **query: str) -> list[str]:
    """The originals on a page, in its order."""
    exhibits = client.get(address(**query)).context["gallery"].exhibits
    return [exhibit.original.split("/")[2] for exhibit in exhibits]


def retire_all() -> None:
    for candidate in Candidate.objects.all():
        retire_candidate(candidate)


def test_an_empty_gallery_says_how_pictures_come(client):
    create_arena()
    assert "Nothing that fits has left the blind vote" in client.get(address()).content.decode()


def test_nothing_in_play_or_alike_is_shown_with_a_name(client):
    create_arena(models=4)
    free, twin, playing, hidden = Candidate.objects.all()
    for candidate in (free, twin):
        retire_candidate(candidate)
    Candidate.objects.filter(pk=twin.pk).update(looks=playing.looks)
    Candidate.objects.filter(pk=hidden.pk).update(status=Candidate.Status.HIDDEN)
    page = client.get(address()).content.decode()
    assert shown(client) == [free.original_name]
    for candidate in (twin, playing, hidden):
        names = [candidate.original_name, *(p.name for p in candidate.pictures.all())]
        assert not [name for name in names if name in page]
    for told in (free.slot.model.name, "A red cube.", free.original_sha256, 'width="'):
        assert told in page


def test_filters_in_the_address_choose(client):
    words, other = create_arena(challenges=2, models=2)
    lettering = Category.objects.create(slug="lettering", name="Lettering")
    words.categories.add(lettering)
    editing = create_challenge(discipline="image-editing")
    model = ImageModel.objects.all()[0]
    create_candidate(challenge=editing, model=model)
    retire_all()
    assert len(shown(client)) == 5
    assert len(shown(client, discipline="image-editing")) == 1
    assert len(shown(client, category="lettering")) == 2
    assert len(shown(client, model=model.slug)) == 3
    assert len(shown(client, challenge=other.slug)) == 2
    assert len(shown(client, challenge=other.slug, model=model.slug)) == 1
    assert shown(client, discipline="image-editing", category="lettering") == []
    page = client.get(address(model=model.slug)).content.decode()
    assert f'<option value="{model.slug}" selected>' in page


def test_the_populations_are_never_on_one_page(client):
    create_arena(population=Population.REAL)
    create_arena()
    retire_all()
    real, demo = (
        ImageModel.objects.filter(population=p).values_list("slug", flat=True)
        for p in (Population.REAL, Population.DEMO)
    )
    for query, slugs in (({}, demo), ({"model": real[0]}, real), ({"model": demo[0]}, demo)):
        exhibits = client.get(address(**query)).context["gallery"].exhibits
        assert {exhibit.model_slug for exhibit in exhibits} <= set(slugs)
        assert exhibits
    answer = client.get(address(model=real[0]))
    challenges = answer.context["gallery"].filters[3].choices
    assert len(challenges) == 1


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"discipline": "poetry"}, "There is no discipline “poetry” with pictures"),
        ({"category": "x\x00"}, "There is no category"),
        ({"model": "<b>"}, "There is no model “&lt;b&gt;” with pictures"),
        ({"challenge": "'; drop"}, "There is no challenge"),
        ({"after": "short"}, "There is no page of the gallery after this picture"),
        ({"after": "\x00" * 32}, "There is no page of the gallery"),
        ({"after": "A" * 32}, "There is no page of the gallery"),
    ],
)
def test_bad_values_get_a_clear_page(client, query, told):
    create_arena()
    retire_all()
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.get(address(**query), headers=headers)
        assert answer.status_code == 404
        assert told in answer.content.decode()


def test_older_pictures_follow_page_by_page_and_none_twice(client, monkeypatch):
    monkeypatch.setattr(gallery, "MOST", 2)
    create_arena(models=5)
    retire_all()
    pages, at = [], address()
    while at:
        found = client.get(at).context["gallery"]
        pages.append([exhibit.sha256 for exhibit in found.exhibits])
        assert (found.newest == address()) == (len(pages) > 1)
        at = found.more
    assert [len(page) for page in pages] == [2, 2, 1]
    newest_first = Candidate.objects.order_by("-pk").values_list("original_sha256", flat=True)
    assert [sha for page in pages for sha in page] == list(newest_first)


def test_a_form_without_scripts_leads_to_the_short_address(client):
    create_arena()
    retire_all()
    slug = ImageModel.objects.all()[0].slug
    answer = client.get(address(discipline="", category="", model=slug, challenge=""))
    assert (answer.status_code, answer["Location"]) == (302, address(model=slug))


def test_htmx_gets_the_fragment_with_the_short_address(client):
    create_arena()
    retire_all()
    slug = ImageModel.objects.all()[0].slug
    answer = client.get(address(model=slug, challenge=""), headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert 'id="gallery"' in page
    assert "<html" not in page
    assert answer["HX-Push-Url"] == address(model=slug)
    assert "HX-Request" in answer["Vary"]


def test_the_gallery_costs_the_same_queries_with_one_and_five_pictures(
    client, django_assert_num_queries
):
    create_arena(models=5)
    cast()
    retire_candidate(Candidate.objects.all()[0])
    client.get(address())  # what a process keeps is read
    with django_assert_num_queries(8):
        assert len(shown(client)) == 1
    retire_all()
    client.get(address())
    with django_assert_num_queries(8):
        assert len(shown(client)) == 5


def test_a_model_without_pictures_is_no_choice(client):
    create_arena()
    retire_all()
    lonely = create_model()
    assert client.get(address(model=lonely.slug)).status_code == 404


def test_challenges_are_chosen_by_their_address(client):
    words, other = create_arena(challenges=2)
    lettering = Category.objects.create(slug="lettering", name="Lettering")
    words.categories.add(lettering)
    editing = create_challenge(discipline="image-editing", status="closed")
    create_challenge(status="draft")

    def listed(**query: str) -> set[str]:
        answer = client.get(reverse("web:challenges", query=query or None))
        return {card["slug"] for card in answer.context["cards"]}

    assert listed() == {words.slug, other.slug, editing.slug}
    assert listed(discipline="image-editing") == {editing.slug}
    assert listed(category="lettering") == {words.slug}
    assert listed(status="open", discipline="text-to-image") == {words.slug, other.slug}
    assert listed(status="closed", category="lettering") == set()
    for bad in ({"discipline": "x"}, {"category": "\x00"}, {"status": "draft"}):
        answer = client.get(reverse("web:challenges", query=bad))
        assert answer.status_code == 404
        assert "among the challenges" in answer.content.decode()
    fragment = client.get(
        reverse("web:challenges", query={"status": "closed", "category": ""}),
        headers={"HX-Request": "true"},
    )
    assert "<html" not in fragment.content.decode()
    assert fragment["HX-Push-Url"] == reverse("web:challenges", query={"status": "closed"})


def test_an_unknown_or_draft_challenge_is_told(client):
    draft = create_challenge(status="draft")
    for slug in ("nothing-like-it", draft.slug):
        answer = client.get(reverse("web:challenge", args=[slug]))
        assert answer.status_code == 404
        assert f"There is no challenge “{slug}”." in answer.content.decode()


def test_pages_to_read_travel_compressed(client):
    create_arena(models=6)
    retire_all()
    first, second = sorted(ImageModel.objects.values_list("slug", flat=True))[:2]
    for path in (
        address(),
        reverse("web:challenges"),
        reverse("web:matchup", args=[first, second]),
        reverse("web:ranking"),
        reverse("web:how"),
        reverse("web:transparency"),
    ):
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer["Content-Encoding"] == "gzip", path
        page = gzip.decompress(answer.content)
        assert len(answer.content) < len(page) / 2
        assert b"csrfmiddlewaretoken" not in page
