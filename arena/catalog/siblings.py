"""Which models belong together."""

from django.db.models import Q

from arena.catalog.models import ImageModel


def find_siblings(model: ImageModel) -> list[ImageModel]:
    """Find the other models of a model's family, of whatever lab, and those that a curator named; with their labs.

    Real models and demo studios never mix (I8).
    """
    related = Q(pk__in=model.siblings.values("pk"))
    if model.family:
        related |= Q(family=model.family)
    found = ImageModel.objects.filter(related, population=model.population)
    return list(found.exclude(pk=model.pk).select_related("lab"))
