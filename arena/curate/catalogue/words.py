"""What curators say of a model: a text a section, as readers will see it, and what others claim of its prices."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from arena.catalog.editing import plain
from arena.catalog.models import ImageModel, ModelText, PriceClaim
from arena.catalog.prose import render_prose
from arena.catalog.words import TEXT, Said, add_claim, remove_claim, set_text
from arena.curate.access import curators_only

from .acting import act
from .forms import ClaimForm, TextForm

Action = Callable[[], dict[str, Any]]


@require_safe
@curators_only
def words(request: HttpRequest, slug: str) -> HttpResponse:
    return _show(request, get_object_or_404(ImageModel, slug=slug))


@require_POST
@curators_only
def text(request: HttpRequest, slug: str, section: str) -> HttpResponse:
    """Save a section's text, show it without saving (`do` preview), or remove it (`do` remove)."""
    model = get_object_or_404(ImageModel, slug=slug)
    if section not in ModelText.Section:
        raise Http404(f"No section of a model's texts is called “{section[:40]}”.")
    wanted, form = request.POST.get("do"), _text_form(model, section, data=request.POST)
    if wanted == "preview":
        form.is_valid()
        return _show(request, model, form=form, preview=form["text"].value() or "")
    if wanted == "remove":
        # Nobody removes what somebody else has changed unseen; what is typed does not matter.
        form = _text_form(model, section, data=_as_stored(form))
    if form.is_valid():
        values = None if wanted == "remove" else form.wanted
        if act(request, form=form, do=_setting(model, section, values, seen=_as_seen(form))):
            return redirect(reverse("catalogue:words", args=[slug]) + f"#{section}")
    return _show(request, model, form=form)


@require_POST
@curators_only
def claims(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a new claim, or remove the one that `remove` names."""
    model = get_object_or_404(ImageModel, slug=slug)
    back = reverse("catalogue:words", args=[slug]) + "#claims"
    if (number := request.POST.get("remove", "")).isdecimal():
        act(request, form=None, do=_removing(model, int(number[:18])))
        return redirect(back)
    form = ClaimForm(request.POST, instance=PriceClaim(model=model), auto_id="claim-%s")
    if form.is_valid() and act(request, form=form, do=_adding(model, form.instance)):
        return redirect(back)
    return _show(request, model, claim=form)


def _setting(
    model: ImageModel, section: str, values: dict[str, Any] | None, *, seen: Said
) -> Action:
    label = ModelText.Section(section).label

    def do() -> dict[str, Any]:
        former, now = set_text(model, section, values)
        if former != seen:
            raise ValidationError("Somebody has written this text just now: open the page anew.")
        verb = "wrote" if former is None else "removed" if now is None else "changed"
        back = "Removes it again." if former is None else "Sets the former text again."
        undo = {"do": "text", "model": model.pk, "section": section, "former": former, "now": now}
        said = f"image model “{model}”: {verb} its text “{label}”."
        return {"said": said if former != now else "", "undo": undo, "way_back": back}

    return do


def _adding(model: ImageModel, claim: PriceClaim) -> Action:
    return lambda: _tell_claim(model, former=None, now=add_claim(claim))


def _removing(model: ImageModel, pk: int) -> Action:
    return lambda: _tell_claim(model, former=remove_claim(model, pk), now=None)


def _tell_claim(model: ImageModel, *, former: Said, now: Said) -> dict[str, Any]:
    claim = former or now
    verb = "removed" if now is None else "kept"
    said = (
        f"image model “{model}”: {verb} the price claim “{claim['words'][:120]}”." if claim else ""
    )
    return {
        "said": said,
        "undo": {"do": "claim", "model": model.pk, "former": former, "now": now},
        "way_back": "Keeps it again." if now is None else "Removes it again.",
    }


def _text_form(model: ImageModel, section: str, *, data: Any = None) -> TextForm:
    stored = ModelText.objects.filter(model=model, section=section).first()
    row = stored or ModelText(
        model=model, section=section, written_on=timezone.now().date(), text="", sources=""
    )
    return TextForm(data, instance=row, auto_id=f"{section}-%s")


def _as_seen(form: TextForm) -> Said:
    """Return the text that a form was checked against; None: there was none."""
    if form.instance.pk is None:
        return None
    return {name: plain(value) for name, value in form.expected.items()}


def _as_stored(form: TextForm) -> Any:
    """Return what would be posted of a form whose fields nobody touched."""
    data = form.data.copy()  # type: ignore[attr-defined]
    for name in TEXT:
        data[name] = form.initial[name]
    return data


def _show(
    request: HttpRequest,
    model: ImageModel,
    *,
    form: TextForm | None = None,
    preview: str | None = None,
    claim: ClaimForm | None = None,
) -> HttpResponse:
    """Show the page; a form is given with what was typed and what is wrong with it."""
    typed = form.instance.section if form is not None else None
    context = {
        "model": model,
        "sections": [
            _lay_out(
                (form if section == typed and form is not None else _text_form(model, section)),
                section=section,
                is_open=section == typed,
                preview=preview if section == typed else None,
            )
            for section in ModelText.Section
        ],
        "claims": [
            (one, "" if one.amount is None else plain(one.amount))
            for one in model.price_claims.all()
        ],
        "claim_form": claim or ClaimForm(instance=PriceClaim(model=model), auto_id="claim-%s"),
    }
    wrong = (form is not None and preview is None) or claim is not None
    return render(request, "curate/catalogue/words.html", context, status=422 if wrong else 200)


def _lay_out(
    form: TextForm, *, section: ModelText.Section, is_open: bool, preview: str | None
) -> dict[str, Any]:
    written = form.instance.pk is not None
    shown = form.initial["text"] if preview is None else preview
    return {
        "section": section,
        "form": form,
        "written_on": form.initial["written_on"] if written else None,
        "sources": form.initial["sources"] if written else "",
        "html": render_prose(shown.replace("\r\n", "\n")) if shown else "",
        "preview": preview is not None,
        "open": is_open,
    }
