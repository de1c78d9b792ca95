"""Raw rows of the catalogue keep the rules of typed and imported ones."""

from typing import Any

from arena.catalog.editing import find_faults, new_faults

from .seen import SeenForm


class RuledForm(SeenForm):
    """A form that refuses what is against the catalogue's rules; an old fault elsewhere stops nobody."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        row: Any = self.instance
        stored = type(row)._default_manager.filter(pk=row.pk).first() if row.pk else None
        known = {} if stored is None else dict(find_faults(stored))
        changed = self.changed_data if stored is not None else list(self.fields)
        for name, why in new_faults(row, changed=changed, known=known).items():
            self.add_error(name if name in self.fields else None, why)
