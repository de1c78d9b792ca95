"""A model's pictures that have left the blind vote, a few of them for its page."""

from django.db.models import QuerySet

from arena.catalog.models import ImageModel
from arena.generation.models import Candidate
from arena.generation.releasing import shown_with_names
from arena.web.exhibits import Exhibit, describe_exhibits, with_origin


def show_pictures_of(model: ImageModel, *, most: int) -> tuple[list[Exhibit], int]:
    """Describe a model's pictures that may be shown with its name (I3), and count them all.

    The first takes of all challenges come before the second ones, so that a few show many challenges.
    """
    found = _released(model)
    shown = describe_exhibits(with_origin(found)[:most])
    return shown, len(shown) if len(shown) < most else found.count()


def _released(model: ImageModel) -> QuerySet[Candidate]:
    return (
        shown_with_names()
        .filter(slot__model=model)
        .order_by("slot__take", "slot__prompt__challenge__position", "slot__prompt__position", "pk")
    )
