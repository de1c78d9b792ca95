"""Who may open which address of the project: the table that tests/test_permissions.py holds against the site.

Every address has a line, by its name (by its route where it has none); an address without one fails the
build, and so does a line without an address. A refusal is a 403 or the way to the login; where something else
is the answer, the line says so.
"""

from collections.abc import Iterator
from typing import NamedTuple

ROLES = ("anonymous", "voter", "curator", "staff", "superuser")
EVERYBODY = frozenset(ROLES)
STAFF = frozenset({"curator", "staff", "superuser"})
CURATORS = frozenset({"curator", "superuser"})
SUPERUSERS = frozenset({"superuser"})
NOBODY: frozenset[str] = frozenset()


class Line(NamedTuple):
    """Who may, by which method, and which status others get besides a 403 or the way to the login."""

    who: frozenset[str]
    method: str = "get"
    refusal: int = 403


# The rows of Django's admin: who may look, add, delete. Facts are added and deleted by nobody.
ADMIN = {
    "auth_group": (SUPERUSERS, SUPERUSERS, SUPERUSERS),
    "auth_user": (SUPERUSERS, SUPERUSERS, SUPERUSERS),
    "battles_battle": (SUPERUSERS, NOBODY, NOBODY),
    "battles_vote": (SUPERUSERS, NOBODY, NOBODY),
    "catalog_imagemodel": (CURATORS, CURATORS, CURATORS),
    "catalog_lab": (CURATORS, CURATORS, CURATORS),
    "catalog_offering": (CURATORS, CURATORS, CURATORS),
    "catalog_provider": (CURATORS, CURATORS, CURATORS),
    "challenges_category": (CURATORS, CURATORS, CURATORS),
    "challenges_challenge": (CURATORS, CURATORS, CURATORS),
    "clients_apikey": (CURATORS, CURATORS, NOBODY),
    "generation_batch": (CURATORS, NOBODY, NOBODY),
    "generation_breaker": (CURATORS, NOBODY, NOBODY),
    "generation_candidate": (CURATORS, NOBODY, NOBODY),
    "generation_generation": (CURATORS, NOBODY, NOBODY),
    "generation_ledgerentry": (CURATORS, NOBODY, NOBODY),
    "generation_spendingcap": (CURATORS, CURATORS, CURATORS),
    "ratings_ratingrun": (SUPERUSERS, NOBODY, NOBODY),
}


def admin_lines() -> Iterator[tuple[str, Line]]:
    """Spell out the pages of each kind of row; the page without a name leads to the one for changes."""
    for rows, (look, add, delete) in ADMIN.items():
        yield f"admin:{rows}_changelist", Line(look)
        yield f"admin:{rows}_change", Line(look)
        yield f"admin:{rows}_history", Line(look)
        yield f"admin:{rows}_add", Line(add)
        yield f"admin:{rows}_delete", Line(delete)
        yield f"staff/{rows.replace('_', '/')}/<path:object_id>/", Line(STAFF)


TABLE: dict[str, Line] = {
    **{
        f"web:{name}": Line(EVERYBODY)
        for name in (
            *("home", "progress", "vote", "vote_challenge", "vote_category", "vote_discipline"),
            *("picture", "original", "leaderboard", "board", "models", "model", "matchup"),
            *("challenges", "challenge", "challenge_progress", "gallery"),
            *("playground", "playground_trial", "playground_state"),
            *("playground_download", "playground_picture"),
            *(
                "suggest",
                "me",
                "me_export",
                "me_forget",
                "how",
                "ranking",
                "transparency",
                "robots",
            ),
            *("llms", "sitemap", "model_llms", "model_card"),
        )
    },
    # The battle is the voter's own; for everybody else there is none of that name.
    "web:verdict": Line(frozenset({"voter"}), "post", 404),
    "web:skip": Line(frozenset({"voter"}), "post", 404),
    "web:undo": Line(frozenset({"voter"}), "post", 404),
    "web:report": Line(EVERYBODY),
    "web:report_duel": Line(frozenset({"voter"}), "get", 404),
    # The trial is somebody else's.
    "web:playground_verdict": Line(NOBODY, "post"),
    # The link of the tests is none that was given out.
    "curate:enter": Line(NOBODY, "get", 410),
    "admin:index": Line(STAFF),
    "admin:login": Line(EVERYBODY),
    "admin:logout": Line(EVERYBODY, "post"),
    "admin:password_change": Line(STAFF),
    "admin:password_change_done": Line(STAFF),
    "admin:jsi18n": Line(STAFF),
    "admin:view_on_site": Line(STAFF),
    "admin:autocomplete": Line(SUPERUSERS),
    "admin:app_list": Line(CURATORS, "get", 404),
    "staff/(?P<url>.*)$": Line(STAFF),
    "admin:auth_user_password_change": Line(SUPERUSERS),
    **dict(admin_lines()),
    "admin:challenge_pictures": Line(CURATORS),
    "admin:challenge_picture_progress": Line(CURATORS),
    "admin:challenge_open": Line(CURATORS, "post"),
    "admin:challenge_close": Line(CURATORS, "post"),
    # The desk: superusers, and staff in the group of curators.
    **{
        f"desk:{name}": Line(CURATORS)
        for name in (
            *("home", "history", "challenges", "new", "challenge", "progress", "pictures", "call"),
        )
    },
    **{
        f"desk:{name}": Line(CURATORS, "post")
        for name in (
            *("batch", "breaker", "cap", "decide", "detach", "move", "order", "prompts"),
            *("references", "schedule", "settings", "undo"),
        )
    },
    **{
        f"moderation:{name}": Line(CURATORS)
        for name in ("bring", "delivery", "reports", "reported_picture", "suggestions")
    },
    "moderation:decide_suggestion": Line(CURATORS, "post"),
    **{
        f"catalogue:{name}": Line(CURATORS)
        for name in (
            *("models", "model", "new_model", "prices", "providers", "provider", "new_provider"),
            *("lab", "new_lab", "exchange", "export", "words"),
        )
    },
    "catalogue:add_offering": Line(CURATORS, "post"),
    "catalogue:claims": Line(CURATORS, "post"),
    "catalogue:offering": Line(CURATORS, "post"),
    "catalogue:text": Line(CURATORS, "post"),
    **{
        f"api:{name}": Line(EVERYBODY)
        for name in (
            *("about", "openapi", "leaderboards", "leaderboard", "models", "model", "opponents"),
            *("matchup", "challenges", "challenge", "challenge_pictures"),
            *("votes_csv", "votes_csv_gz", "votes_jsonl", "votes_jsonl_gz"),
            *("feed_challenges", "feed_models"),
        )
    },
    "api/v1/<path:rest>": Line(EVERYBODY),
    # Whoever somebody is on the site: callers show a key.
    "gateway:generations": Line(NOBODY, "post", 401),
    "gateway:edits": Line(NOBODY, "post", 401),
    "gateway:models": Line(NOBODY, "get", 401),
    "gateway:model": Line(NOBODY, "get", 401),
    "gateway:file": Line(EVERYBODY),
    "openai/": Line(EVERYBODY),
    "openai/<path:rest>": Line(EVERYBODY),
    "ops:livez": Line(EVERYBODY),
    "ops:readyz": Line(EVERYBODY),
}
