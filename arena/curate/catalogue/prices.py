"""A new dated price list of an offering: it ends the former one, and changes nothing that held."""

import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from arena.catalog.editing import begin_price_list, tell_rules
from arena.catalog.models import Offering, PriceRule
from arena.catalog.prices import rules_on
from arena.curate.access import curators_only

from .acting import act
from .forms import PriceListForm, RuleForm, RuleFormSet
from .price_sheets import lay_out_lists, write_number


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def add_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the rules that hold today to be changed, and begin a list with what is typed."""
    offering = get_object_or_404(Offering.objects.select_related("model", "provider"), pk=pk)
    today = timezone.now().date()
    holding = rules_on(today, rules=offering.price_rules.all())
    initial = [_copy(rule) for rule in holding]
    posted = request.POST if request.method == "POST" else None
    form = PriceListForm(
        posted,
        initial={"valid_from": today + timedelta(days=1), "seen": mark_prices(offering)},
    )
    rules = RuleFormSet(posted, initial=initial, prefix="rules")
    if (
        request.method == "POST"
        and form.is_valid()
        and rules.is_valid()
        and act(request, form=form, do=lambda: _begin(offering, form, rules))
    ):
        page = reverse("catalogue:model", args=[offering.model.slug])
        return redirect(f"{page}#offering-{pk}")
    context = {
        "offering": offering,
        "form": form,
        "rules": rules,
        "lists": lay_out_lists(offering, day=today),
    }
    wrong = request.method == "POST"
    return render(request, "curate/catalogue/prices.html", context, status=422 if wrong else 200)


def _copy(rule: PriceRule) -> dict[str, Any]:
    """Fill a form with a rule that holds; numbers without the zeros that the database adds."""
    found = model_to_dict(rule, fields=RuleForm.Meta.fields)
    return {
        name: write_number(value) if isinstance(value, Decimal) else value
        for name, value in found.items()
    }


def mark_prices(offering: Offering) -> str:
    """Name all that an offering's price rules say now."""
    rules = offering.price_rules.order_by("pk")
    return hashlib.sha256(json.dumps(tell_rules(rules)).encode()).hexdigest()[:16]


def _begin(offering: Offering, form: PriceListForm, rules: Any) -> dict[str, Any]:
    Offering.objects.select_for_update(no_key=True).get(pk=offering.pk)
    form.refuse_unseen(mark_prices(offering))
    today = timezone.now().date()
    day, source = form.cleaned_data["valid_from"], form.cleaned_data["source"].strip()
    wanted: list[PriceRule] = [
        one.instance
        for one in rules.forms
        if one.cleaned_data and not one.cleaned_data.get("DELETE")
    ]
    ended = begin_price_list(offering, valid_from=day, source=source, rules=wanted, today=today)
    undo = {
        "do": "prices",
        "offering": offering.pk,
        "valid_from": day.isoformat(),
        "added": {str(pk): said for pk, said in tell_rules(wanted).items()},
        "ended": {str(pk): until and until.isoformat() for pk, until in ended.items()},
    }
    planned = day > today
    return {
        "said": f"Price list of {offering} from {day}: {len(wanted)} rules; {len(ended)} former ones end.",
        "undo": undo if planned else None,
        "way_back": f"Withdraws it, until it begins on {day} or somebody changes it."
        if planned
        else "Cannot be taken back: calls go by it. Add another list.",
    }
