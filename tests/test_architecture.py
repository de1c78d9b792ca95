"""What the import contracts cannot see: string foreign keys, and an empty `arena/__init__.py`."""

import subprocess
import sys
from pathlib import Path

from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField

ROOT = Path(__file__).parent.parent
# Lowest first; a room may point to rooms before it and to itself.
ROOMS = ("catalog", "challenges", "clients", "generation", "battles", "ratings")


def test_foreign_keys_point_down():
    wrong = []
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            for field in (*model._meta.fields, *model._meta.many_to_many):
                if not isinstance(field, (ForeignKey, ManyToManyField)):
                    continue
                target = field.related_model._meta.app_label
                if target in ROOMS and ROOMS.index(target) > ROOMS.index(room):
                    wrong.append(f"{model.__name__}.{field.name} -> {target}")
    assert wrong == []


def test_audiences_have_no_tables():
    for audience in ("web", "curate", "api", "gateway", "ops"):
        assert list(apps.get_app_config(audience).get_models()) == []


def test_importing_scoring_loads_neither_django_nor_celery():
    code = "import sys, arena.scoring.elo; print([m for m in ('django', 'celery', 'PIL') if m in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
    assert (ROOT / "arena" / "__init__.py").read_text() == ""


def test_every_table_belongs_to_a_room_of_the_list():
    ours = {
        config.label
        for config in apps.get_app_configs()
        if config.name.startswith("arena.") and list(config.get_models())
    }
    assert ours == set(ROOMS)


def test_every_setting_of_the_readme_exists():
    """A name in the configuration table that no code reads would be a promise nobody keeps."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("## Configuration")[1].split("## Health")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    names = [name.strip(" `") for row in rows for name in row.split(",")]
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in [*ROOT.glob("arena/**/*.py"), ROOT / "Makefile", ROOT / "bootstrap.py"]
    )
    assert len(names) > 15
    assert [name for name in names if name not in code] == []


def test_the_changelog_tells_nothing_twice():
    """Merging branches doubles lines easily."""
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line.startswith("- ")]
    assert [line for line in told if told.count(line) > 1] == []


def test_locks_and_sources_name_no_registry():
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "index-url" not in text.replace("--no-emit-index-url", "")
        assert "https://files." not in text
