"""Pictures of an older recipe are made anew, whole prompts at a time, and nothing is lost on the way."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from arena.catalog.models import Population
from arena.challenges.models import Challenge
from arena.generation import rerendering
from arena.generation.models import Candidate, FormerPicture, PublicPicture
from arena.generation.rerendering import clear_former_pictures, rerender_prompt
from arena.generation.storing import SOURCES, keep_original, picture_path
from arena.pictures.derivatives import RECIPE
from arena.pictures.intake import PictureError
from arena.pictures.mark import write_mark
from tests.factories import create_candidate, create_challenge, create_model
from tests.pictures.hostile import noise, save

pytestmark = pytest.mark.django_db
KINDS = {"avif_1024", "avif_768", "jpeg_1024", "thumb"}


@pytest.fixture(autouse=True)
def no_memory(settings, tmp_path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    rerendering._left_alone.clear()
    yield
    rerendering._left_alone.clear()


def create_old(*, models: int = 2, population: str = Population.REAL) -> Challenge:
    """A challenge whose candidates were made by the first recipe: files of nothing but a few bytes."""
    challenge = create_challenge(canvas_width=96, canvas_height=64)
    for number in range(models):
        model = create_model(population=population)
        candidate = create_candidate(challenge=challenge, model=model, files=True)
        name, checksum = keep_original(
            candidate.generation_id, data=save(noise((128, 96), seed=number), "PNG")
        )
        Candidate.objects.filter(pk=candidate.pk).update(
            recipe=1, original=name, original_sha256=checksum
        )
        for picture in candidate.pictures.all():
            file_of(picture).write_bytes(b"old " + picture.name.encode())
    return challenge


def file_of(picture: PublicPicture | FormerPicture) -> Path:
    return picture_path(f"{picture.name}.{picture.extension}")


def read(picture: PublicPicture) -> bytes | None:
    """What a browser gets under a picture's address; None: not found."""
    answer = Client().get(f"/pictures/{picture.name}.{picture.extension}")
    if answer.status_code == 404:
        return None
    return b"".join(answer.streaming_content)  # read to the end, which closes the file


def names_of(challenge: Challenge) -> set[str]:
    pictures = PublicPicture.objects.filter(candidate__slot__prompt__challenge=challenge)
    return set(pictures.values_list("name", flat=True))


def recipes_of(challenge: Challenge) -> list[int]:
    candidates = Candidate.objects.filter(slot__prompt__challenge=challenge)
    return list(candidates.order_by("pk").values_list("recipe", flat=True))


def grow_old() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update generation_formerpicture set replaced_at = now() - interval '61 min'"
        )


@pytest.mark.parametrize("population", [Population.REAL, Population.DEMO])
def test_one_call_makes_one_prompt_anew(population):
    first, second = create_old(population=population), create_old(population=population)
    before = names_of(first)
    done = rerender_prompt()
    assert (done.pictures, done.waiting, done.left_alone) == (2, 1, {})
    assert recipes_of(first) == [RECIPE] * 2
    assert recipes_of(second) == [1, 1]
    assert not names_of(first) & before
    for candidate in Candidate.objects.filter(slot__prompt__challenge=first):
        pictures = list(candidate.pictures.all())
        assert {picture.kind for picture in pictures} == KINDS
        for picture in pictures:
            assert write_mark(SOURCES[population]) in file_of(picture).read_bytes()
            assert (picture.width, picture.height) == (96, 64)
    assert rerender_prompt().waiting == 0
    assert rerender_prompt() == rerendering.Rerendered(pictures=0, waiting=0, left_alone={})


def test_old_names_stay_readable_for_an_hour():
    challenge = create_old()
    old = list(PublicPicture.objects.all())
    rerender_prompt()
    for picture in old:
        assert read(picture) == b"old " + picture.name.encode()
    assert clear_former_pictures() == 0
    grow_old()
    assert clear_former_pictures() == len(old) == 8
    for picture in old:
        assert read(picture) is None
        assert not file_of(picture).exists()
    for name in names_of(challenge):
        assert write_mark(SOURCES[Population.REAL]) in (
            read(PublicPicture.objects.get(name=name)) or b""
        )
    assert clear_former_pictures() == 0


def test_a_hidden_picture_is_not_served_under_its_old_name_either():
    create_old(models=1)
    old = PublicPicture.objects.all()[0]
    rerender_prompt()
    Candidate.objects.update(status=Candidate.Status.HIDDEN)
    assert read(old) is None


def test_a_hidden_picture_waits_until_it_is_shown_again():
    challenge = create_old()
    hidden = Candidate.objects.filter(slot__prompt__challenge=challenge)[0]
    Candidate.objects.filter(pk=hidden.pk).update(status=Candidate.Status.HIDDEN)
    assert rerender_prompt().pictures == 1
    assert sorted(recipes_of(challenge)) == [1, RECIPE]
    Candidate.objects.filter(pk=hidden.pk).update(status=Candidate.Status.IN_PLAY)
    assert rerender_prompt().pictures == 1


@pytest.mark.parametrize("spoil", ["missing", "refused"])
def test_a_prompt_that_cannot_be_made_anew_stays_as_it_is(caplog, spoil):
    """Whole, so that its pictures look alike; the others go on, and it is told once."""
    stuck, other = create_old(), create_old()
    path = (
        Path(project.MEDIA_ROOT)
        / Candidate.objects.order_by("-pk").filter(slot__prompt__challenge=stuck)[0].original
    )
    path.unlink() if spoil == "missing" else path.write_bytes(b"<html>")
    before, files = names_of(stuck), set((Path(project.MEDIA_ROOT) / "pictures").iterdir())
    done = rerender_prompt()
    assert (done.pictures, done.waiting) == (0, 1)
    assert names_of(stuck) == before
    assert recipes_of(stuck) == [1, 1]
    assert set((Path(project.MEDIA_ROOT) / "pictures").iterdir()) == files
    assert rerender_prompt().pictures == 2
    assert recipes_of(other) == [RECIPE] * 2
    (reason,) = rerender_prompt().left_alone.values()
    assert ("missing" if spoil == "missing" else "no PNG") in reason
    assert len([r for r in caplog.records if "stay as they are" in r.message]) == 1


def test_what_fails_in_the_middle_leaves_no_file_and_no_row(monkeypatch):
    challenge = create_old()
    before = names_of(challenge)
    real, calls = rerendering.replace_pictures, []

    def fail_the_second_time(candidate, *, pictures):
        calls.append(candidate)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        real(candidate, pictures=pictures)

    monkeypatch.setattr(rerendering, "replace_pictures", fail_the_second_time)
    with pytest.raises(RuntimeError):
        rerender_prompt()
    assert names_of(challenge) == before
    assert recipes_of(challenge) == [1, 1]
    assert not FormerPicture.objects.exists()
    assert {path.stem for path in (Path(project.MEDIA_ROOT) / "pictures").iterdir()} == before
    monkeypatch.undo()
    assert rerender_prompt().pictures == 2


def test_a_second_call_meanwhile_does_nothing(monkeypatch):
    create_old()
    inside = []
    real = rerendering._rerender

    def look_again(prompt):
        inside.append(rerender_prompt())
        return real(prompt)

    monkeypatch.setattr(rerendering, "_rerender", look_again)
    assert rerender_prompt().pictures == 2
    assert [(done.pictures, done.waiting) for done in inside] == [(0, 1)]


def test_another_process_that_was_faster_is_not_overwritten(monkeypatch):
    """Its names are kept, and the files made in vain are removed."""
    challenge = create_old(models=1)
    real = rerendering.render_pictures

    def be_overtaken(data, **how):
        pictures = real(data, **how)
        Candidate.objects.update(recipe=RECIPE)
        return pictures

    monkeypatch.setattr(rerendering, "render_pictures", be_overtaken)
    before = names_of(challenge)
    assert rerender_prompt().pictures == 0
    assert names_of(challenge) == before
    assert {path.stem for path in (Path(project.MEDIA_ROOT) / "pictures").iterdir()} == before


def test_the_command_makes_all_anew_and_fails_where_it_cannot(capsys):
    create_old()
    create_old()
    call_command("rerender")
    assert "4 pictures made anew." in capsys.readouterr().out
    assert not Candidate.objects.exclude(recipe=RECIPE).exists()
    create_old(models=1)
    original = Candidate.objects.get(recipe=1).original
    (Path(project.MEDIA_ROOT) / original).unlink()
    with pytest.raises(CommandError, match="1 prompts keep pictures"):
        call_command("rerender")
    assert "is missing" in capsys.readouterr().err


def test_a_row_of_older_code_counts_as_the_first_recipe():
    """While an upgrade runs, a worker that knows no recipes may still store a picture."""
    create_candidate(challenge=create_challenge(), model=create_model())
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_default from information_schema.columns"
            " where table_name = 'generation_candidate' and column_name = 'recipe'"
        )
        assert cursor.fetchone() == ("1",)


def test_a_refusal_is_a_picture_error():
    """What rerender_prompt takes for a reason to leave a prompt alone is what the workshop raises."""
    with pytest.raises(PictureError):
        rerendering.render_pictures(b"x", width=64, height=64, population=Population.REAL)
