"""The catalogue's kinds of rows as they stand in files."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from arena.catalog.editing import check_rule_change, check_siblings, list_faults
from arena.catalog.models import (
    ImageModel,
    Lab,
    ModelText,
    Offering,
    PriceClaim,
    PriceRule,
    Provider,
)

from .cells import KeyName, Named
from .sheets import Sheet, link


class LabSheet(Sheet):
    title = "Labs"

    class Meta:
        model = Lab
        fields = ("slug", "name", "website")
        import_id_fields = ("slug",)


class ProviderSheet(Sheet):
    """Keys stay in the environment: the file holds the name of a variable."""

    title = "Providers"
    key_variable = link("key_variable", KeyName())

    class Meta:
        model = Provider
        fields = (
            *("slug", "name", "website", "dialect", "base_url", "key_variable", "options"),
            *("population", "is_local", "max_in_flight", "max_per_minute", "markup", "enabled"),
        )
        import_id_fields = ("slug",)


class ModelSheet(Sheet):
    title = "Models"
    lab = link("lab", Named(Lab))

    class Meta:
        model = ImageModel
        fields = (
            *("slug", "name", "long_name", "api_id", "aliases", "lab", "population", "family"),
            *("status", "disciplines", "capabilities", "input_kinds", "output_kinds"),
            *("description", "licence", "open_weights", "released_on", "takes"),
        )
        import_id_fields = ("slug",)


class SiblingSheet(Sheet):
    """Pairs of models: a kind of its own, since one of the two is always the first to arrive."""

    title = "Siblings"
    model = link("from_imagemodel", Named(ImageModel), column="model")
    sibling = link("to_imagemodel", Named(ImageModel), column="sibling")

    class Meta:
        model = ImageModel.siblings.through
        fields = ("model", "sibling")
        import_id_fields = ("model", "sibling")

    def count(self) -> int:
        return super().count() // 2

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """Each pair is stored both ways round and told once."""
        pairs = queryset.select_related("from_imagemodel", "to_imagemodel")
        pairs = pairs.order_by("from_imagemodel__slug", "to_imagemodel__slug")
        return [pair for pair in pairs if pair.from_imagemodel.slug < pair.to_imagemodel.slug]

    def validate_instance(self, instance: Any, *args: Any, **kwargs: Any) -> None:
        super().validate_instance(instance, *args, **kwargs)
        check_siblings(instance.from_imagemodel, [instance.to_imagemodel])

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        instance.from_imagemodel.siblings.add(instance.to_imagemodel)


class OfferingSheet(Sheet):
    title = "Offerings"
    model = link("model", Named(ImageModel))
    provider = link("provider", Named(Provider))

    class Meta:
        model = Offering
        fields = (
            *("model", "provider", "remote_id", "disciplines", "priority", "options"),
            *("resend_safe", "least_reserve", "enabled"),
        )
        import_id_fields = ("model", "provider")


class PriceRuleSheet(Sheet):
    """Rules by what they price; a list that has begun is only ended, never rewritten."""

    title = "Price rules"
    model = link("offering__model", Named(ImageModel), column="model", readonly=True)
    provider = link("offering__provider", Named(Provider), column="provider", readonly=True)

    class Meta:
        model = PriceRule
        fields = (
            *("model", "provider", "source", "valid_from", "valid_until", "position"),
            *("direction", "unit", "size", "quality", "tokens_of", "feature", "amount"),
            *("multiplier", "tokens", "expected_units", "most_units", "round_up", "note"),
        )
        import_id_fields = (
            *("model", "provider", "source", "valid_from", "direction", "unit", "size"),
            *("quality", "tokens_of", "feature"),
        )

    def __init__(self) -> None:
        super().__init__()
        self.today: date = timezone.now().date()
        # Of each offering: what is wrong with its rules before, whether it has any, and the rows of the file.
        self.offering: Offering | None = None
        self.before: dict[int, tuple[Offering, list[str], bool, list[int]]] = {}

    def get_queryset(self) -> Any:
        return PriceRule.objects.select_related("offering__model", "offering__provider").order_by(
            *("offering__model__slug", "offering__provider__slug", "valid_from"),
            *("source", "position", "pk"),
        )

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Hold the offering before its rules, as whoever begins a price list does."""
        super().before_import_row(row, **kwargs)
        try:
            model, provider = (self.fields[name].clean(row) for name in ("model", "provider"))
        except ValueError as fault:
            raise self.name_fault(row, fault) from None
        held = Offering.objects.select_for_update(no_key=True)
        self.offering = held.filter(model=model, provider=provider).first()
        if self.offering is None:
            raise ValidationError(
                f"{provider.slug} does not offer {model.slug}: add the offering first."
            )
        if self.offering.pk not in self.before:
            has_rules = self.offering.price_rules.exists()
            known = list_faults(self.offering)
            self.before[self.offering.pk] = (self.offering, known, has_rules, [])
        number = kwargs["numbers"][kwargs["row_number"] - 1]
        self.before[self.offering.pk][3].append(number)

    def init_instance(self, row: Any = None) -> PriceRule:
        return PriceRule(offering=self.offering)

    def validate_instance(self, instance: Any, *args: Any, **kwargs: Any) -> None:
        super().validate_instance(instance, *args, **kwargs)
        stored = PriceRule.objects.filter(pk=instance.pk).first() if instance.pk else None
        begun = self.before[instance.offering_id][2]
        check_rule_change(instance, stored=stored, begun=begun, today=self.today)

    def finish(self) -> Iterator[tuple[int, str]]:
        """Hold the lists of each offering, as they would be, against the checks of all price lists."""
        for offering, known, _, numbers in self.before.values():
            new = [fault for fault in list_faults(offering) if fault not in known]
            for number in numbers if new else ():
                yield number, " ".join(new[:3])


class TextSheet(Sheet):
    title = "Model texts"
    model = link("model", Named(ImageModel))

    class Meta:
        model = ModelText
        fields = ("model", "section", "text", "written_on", "sources")
        import_id_fields = ("model", "section")


class ClaimSheet(Sheet):
    title = "Price claims"
    model = link("model", Named(ImageModel))

    class Meta:
        model = PriceClaim
        fields = ("model", "source", "through", "words", "kind", "amount", "direction")
        import_id_fields = ("model", "source", "through", "words")
