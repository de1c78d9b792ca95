"""What every test with Django gets: a media folder of its own, plain static files, nothing remembered."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def own_media(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    if request.config.pluginmanager.is_blocked("django"):
        yield
        return
    from arena.battles.weights import forget_weights
    from arena.web.context import forget_site

    settings: Any = request.getfixturevalue("settings")
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # What a test changes is seen at once; the copies themselves are tested apart.
    settings.POOL_SECONDS = settings.CARD_SECONDS = 0
    forget_site()
    forget_weights()
    yield
    forget_site()
    forget_weights()


@pytest.fixture(scope="session")
def rebuild_once() -> Callable[[bytes], Any]:
    from arena.challenges import editing

    return functools.cache(editing._rebuild)


@pytest.fixture
def quick_references(monkeypatch: pytest.MonkeyPatch, rebuild_once: Callable[[bytes], Any]) -> None:
    """Let a test load the shipped challenges without encoding their reference pictures yet again."""
    monkeypatch.setattr("arena.challenges.editing._rebuild", rebuild_once)


@pytest.fixture
def curator(client: Any) -> Any:
    """A member of the group and nothing more, logged in."""
    from django.contrib.auth.models import User

    from arena.curate.login import ensure_group

    user = User.objects.create_user("carla", is_staff=True)
    user.groups.add(ensure_group())
    client.force_login(user)
    return user
