"""Bring your own pictures: a ZIP or a folder is looked at first, then taken in behind the page."""

import re
import secrets
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from arena.generation.bringing import map_parcel
from arena.generation.deliveries import keep_upload, open_parcel, start_delivery
from arena.generation.hints import hint_carry_on
from arena.generation.models import Delivery
from arena.generation.parcels import (
    MOST_BYTES_IN_ALL,
    ParcelError,
    allowed_folders,
    open_zip,
)

from .access import curators_only, who

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
LATEST = 8


class ParcelForm(forms.Form):
    """An upload, or a folder on the server."""

    parcel = forms.FileField(
        required=False, widget=forms.FileInput(attrs={"accept": ".zip,application/zip"})
    )
    folder = forms.CharField(max_length=1000, required=False)

    def clean_parcel(self) -> Any:
        upload = self.cleaned_data["parcel"]
        if upload and upload.size > MOST_BYTES_IN_ALL:
            raise forms.ValidationError(
                _("It is larger than %(n)d MB."), params={"n": MOST_BYTES_IN_ALL // 1_000_000}
            )
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("parcel") and not cleaned.get("folder"):
            wanted = "folder" if "folder" in self.data else "parcel"
            self.add_error(wanted, _("Choose a ZIP or name a folder."))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def bring(request: HttpRequest) -> HttpResponse:
    """Look at an upload or a folder (`parcel`, `folder`); then take in what was looked at (`token`)."""
    if request.method != "POST":
        return _page(request, ParcelForm(), status=200)
    if "token" in request.POST:
        return _take_in(request)
    form = ParcelForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    upload, folder = form.cleaned_data["parcel"], form.cleaned_data["folder"]
    try:
        if upload:
            found = map_parcel(open_zip(cast(Any, upload)))
        else:
            with open_parcel(token="", folder=folder) as parcel:
                found = map_parcel(parcel)
    except ParcelError as error:
        form.add_error("parcel" if upload else "folder", str(error))
        return _page(request, form, status=422)
    good = sum(not row.fault for row in found)
    token = ""
    if good:
        token = keep_upload(upload) if upload else secrets.token_urlsafe(16)
    looked = {"found": found, "good": good, "token": token, "folder": "" if upload else folder}
    return _page(request, form, status=200, **looked)


def _take_in(request: HttpRequest) -> HttpResponse:
    """Write down what is to be taken in, and show how it goes; a second press finds the first one's."""
    token, folder = request.POST["token"], request.POST.get("folder", "")
    try:
        if not TOKEN.fullmatch(token):
            raise ParcelError("That was no parcel of this page.")
        if not Delivery.objects.filter(token=token).exists():
            with open_parcel(token=token, folder=folder) as parcel:
                found = map_parcel(parcel)
            made = start_delivery(found, token=token, folder=folder, by=who(request))
            hint_carry_on([made.pk])
    except ParcelError as error:
        messages.error(request, f"{error} Nothing was taken in.")
        return redirect(request.path)
    return redirect("moderation:delivery", token=token)


def _page(request: HttpRequest, form: ParcelForm, *, status: int, **looked: Any) -> HttpResponse:
    context = {
        "form": form,
        "folders": allowed_folders(),
        "latest": Delivery.objects.select_related("brought_by")[:LATEST],
        **looked,
    }
    return render(request, "curate/bring/page.html", context, status=status)


@require_safe
@curators_only
def delivery(request: HttpRequest, token: str) -> HttpResponse:
    """How far a delivery is; htmx asks for the fragment, and without scripts the page refreshes."""
    row = get_object_or_404(Delivery.objects.select_related("brought_by"), token=token)
    fragment = bool(request.htmx)  # type: ignore[attr-defined]
    template = "curate/bring/_delivery.html" if fragment else "curate/bring/delivery.html"
    return render(request, template, {"delivery": row, "all": len(row.plan)})
