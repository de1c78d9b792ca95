"""The form on which curators order pictures, with what they are expected to cost."""

from typing import Any

from django import forms

from arena.catalog.models import ImageModel
from arena.challenges.models import Challenge

MOST_TAKES = 8


class OrderForm(forms.Form):
    """Which models make how many pictures of each current prompt."""

    models = forms.ModelMultipleChoiceField(
        queryset=ImageModel.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    takes = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_TAKES,
        help_text="Pictures of each prompt by each model; empty: each model's own number.",
    )

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["models"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - narrows the type
        field.queryset = orderable_models(challenge)


def orderable_models(challenge: Challenge) -> Any:
    """Select the models that can be asked for a challenge's discipline."""
    return ImageModel.objects.filter(disciplines__contains=[challenge.discipline]).exclude(
        status=ImageModel.Status.RETIRED
    )
