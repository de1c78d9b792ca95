"""Static files as they are served: ours lighter, others' untouched, all hashed and compressed."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("static")
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": "arena.ops.storage.LightStorage"}}
    with override_settings(STATIC_ROOT=root, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield (
            root,
            {
                name: staticfiles_storage.stored_name(name)
                for name in ("js/vote.js", "css/vote.css", "vendor/htmx-4.0.1/htmx.min.js")
            },
        )


def test_our_scripts_are_served_without_comments_and_our_styles_as_written(collected):
    root, names = collected
    for name, lighter in (("js/vote.js", True), ("css/vote.css", False)):
        served, source = root / names[name], settings.BASE_DIR / "static" / name
        assert re.search(r"\.[0-9a-f]{12}\.", served.name)
        assert (served.stat().st_size < 0.9 * source.stat().st_size) == lighter
        assert ("/*" not in served.read_text()) == lighter
        assert (served.read_text() == source.read_text()) != lighter
        packed = served.with_name(f"{served.name}.gz").read_bytes()
        assert gzip.decompress(packed) == served.read_bytes()


def test_files_of_others_are_served_as_they_came(collected):
    root, names = collected
    name = "vendor/htmx-4.0.1/htmx.min.js"
    assert (root / names[name]).read_bytes() == (settings.BASE_DIR / "static" / name).read_bytes()


def test_the_sources_stay_as_they_were(collected):
    assert "/*" in (settings.BASE_DIR / "static/js/vote.js").read_text()
