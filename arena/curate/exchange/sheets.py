"""What every kind of row that is imported and exported has in common, over django-import-export's resources."""

from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import MultipleObjectsReturned, ValidationError
from import_export.fields import Field
from import_export.instance_loaders import ModelInstanceLoader
from import_export.resources import Diff, ModelResource

from arena.catalog.editing import check_rules

from .cells import cell_of


class Change(NamedTuple):
    """One field of a row before and after, as a cell says it."""

    field: str
    old: str
    new: str


class Changes(Diff):
    """What the library compares, told field by field as plain words instead of HTML."""

    def __init__(self, resource: Any, instance: Any, new: bool) -> None:
        super().__init__(resource, instance, new)
        self.names = resource.get_diff_headers()

    def as_html(self) -> list[Change]:
        """The library calls it by this name and keeps what it returns; templates escape it."""
        olds = [""] * len(self.names) if self.new else self.left
        found = zip(self.names, olds, self.right, strict=True)
        return [Change(*one) for one in found if one[1] != one[2]]


def link(attribute: str, cell: Any, *, column: str = "", readonly: bool = False) -> Field:
    """Make a column that is no plain field of the row."""
    return Field(
        attribute=attribute,
        column_name=column or attribute,
        widget=cell,
        readonly=readonly,
    )


class LockingLoader(ModelInstanceLoader):
    """Find rows and hold them, so that nobody writes between reading and writing.

    Without their keys: whoever only refers to a row, as every new battle does to its prompt, goes on.
    """

    def get_queryset(self) -> Any:
        return super().get_queryset().select_for_update(of=("self",), no_key=True)


class Sheet(ModelResource):
    """One kind of row. Rows are found by `import_id_fields`, never by number, and never deleted.

    A sheet is used for one import: it remembers which rows it has seen.
    """

    title: ClassVar[str] = ""
    # Columns of an export that an import passes over.
    told_only: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True
        instance_loader_class = LockingLoader

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """Rows are named by what they belong to, which is read along with them."""
        kind = queryset.model._meta
        belongs = [field.name for field in kind.fields if field.is_relation]
        many = [field.name for field in kind.many_to_many if field.name in self.fields]
        found = queryset.select_related(*belongs) if belongs else queryset
        return found.prefetch_related(*many)

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[tuple[str, ...], int] = {}

    def count(self) -> int:
        """Count what an export would tell."""
        found: int = self.get_queryset().count()
        return found

    @classmethod
    def columns(cls) -> list[str]:
        return [cls.fields[name].column_name for name in cls._meta.fields]

    @classmethod
    def keys(cls) -> list[str]:
        return [cls.fields[name].column_name for name in cls._meta.import_id_fields]

    @classmethod
    def widget_from_django_field(cls, f: Any, default: Any = None) -> Any:
        return cell_of(f)

    @classmethod
    def widget_kwargs_for_field(cls, field_name: str, django_field: Any) -> dict[str, Any]:
        return {}

    @classmethod
    def get_diff_class(cls) -> type[Diff]:
        return Changes

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Refuse a row that is there twice: which of the two holds, nobody could tell."""
        number = kwargs["numbers"][kwargs["row_number"] - 1]
        key = tuple(str(row.get(name) or "").strip() for name in self.keys())
        first = self.seen.setdefault(key, number)
        if first != number:
            raise ValidationError(f"The same row is there already, at {first}.")

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> tuple[Any, bool]:
        try:
            return super().get_or_init_instance(instance_loader, row)
        except ValueError as fault:
            raise self.name_fault(row, fault) from None
        except MultipleObjectsReturned:
            raise ValidationError(
                "Several rows are stored by this name: tell them apart among the raw rows first."
            ) from None

    def name_fault(self, row: Any, fault: ValueError) -> ValidationError:
        """Say which of the cells that name the row cannot be read, where it is one of them."""
        for name in self._meta.import_id_fields:
            field = self.fields[name]
            try:
                field.clean(row)
            except ValueError as same:
                return ValidationError({field.column_name: str(same)})
        return ValidationError(str(fault))

    def skip_row(
        self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Compare what the cells say: a value that is only written otherwise is no change."""
        if import_validation_errors or original._state.adding:
            return False
        for field in self.get_import_fields():
            if hasattr(field.widget, "one"):
                wanted = field.column_name in row and {one.pk for one in field.clean(row)}
                if wanted is not False and wanted != set(
                    field.get_value(original).values_list("pk", flat=True)
                ):
                    return False
            elif field.export(instance) != field.export(original):
                return False
        return True

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """By the rules first, whose sentences are better, then by the fields."""
        if not import_validation_errors:
            check_rules(instance)
        super().validate_instance(instance, import_validation_errors, validate_unique)

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Leave the counters of ids alone: the library would set them back under others who write now."""

    def finish(self) -> Iterable[tuple[int, str]]:
        """Yield number and reason for rows that turn out faulty once all of the kind are in."""
        return ()
