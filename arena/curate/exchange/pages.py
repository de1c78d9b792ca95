"""The pages of import and export: files out, a preview of what a file would change, and taking it in."""

import json
import re
import secrets
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from arena.curate.access import curators_only, who

from .files import MOST_BYTES, FileFault, Parcel, read_parcel, write_csv, write_json
from .importing import ImportRefused, Outcome, preview_import, take_in
from .kinds import CATALOGUE, CHALLENGES, EXPORTED, IMPORTED, TOLD

# Files that nobody took in are cleared at the next upload after a day.
KEPT_SECONDS = 24 * 3600
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
# The preview shows this many rows of each sort; the counts tell of all.
SHOWN = 200
WHOLES = {"catalogue": CATALOGUE, "challenges": CHALLENGES | TOLD}
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class UploadForm(forms.Form):
    file = forms.FileField(help_text="CSV or JSON, at most 5 MB and 2000 rows.")
    kind = forms.ChoiceField(
        required=False,
        label="What the rows are",
        choices=[("", "The file says so (JSON)")]
        + [(name, sheet.title) for name, sheet in IMPORTED.items()],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def exchange(request: HttpRequest) -> HttpResponse:
    """Upload and preview (`file`), then take in what was previewed (`token`)."""
    if request.method == "POST" and "token" in request.POST:
        return _take_in(request, request.POST["token"])
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            parcel = _read(form.cleaned_data["file"], kind=form.cleaned_data["kind"])
        except FileFault as fault:
            form.add_error("file", str(fault))
        else:
            return _preview(request, parcel)
    sheets = [
        {"name": name, "title": sheet.title, "rows": sheet().count()}
        for name, sheet in EXPORTED.items()
    ]
    context = {"form": form, "sheets": sheets, "wholes": WHOLES}
    status = 422 if form.errors else 200
    return render(request, "curate/catalogue/exchange.html", context, status=status)


@require_safe
@curators_only
def export(request: HttpRequest, name: str, ending: str) -> HttpResponse:
    """Send all rows of a kind, or of the whole catalogue or all challenges (JSON only)."""
    if ending == "csv" and name in EXPORTED:
        response = HttpResponse(write_csv(name), content_type="text/csv; charset=utf-8")
    elif ending == "json" and (kinds := _kinds_of(name)):
        response = HttpResponse(write_json(kinds), content_type="application/json")
    else:
        raise Http404("There is no such export.")
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _kinds_of(name: str) -> list[str]:
    whole = name.removeprefix("all-")
    if name != whole:
        return list(WHOLES.get(whole, {}))
    return [name] if name in EXPORTED else []


def _read(upload: UploadedFile, *, kind: str) -> Parcel:
    if (upload.size or 0) > MOST_BYTES:
        raise FileFault(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
    name = CONTROL.sub("", upload.name or "")[-80:] or "file"
    return read_parcel(upload.read(), name=name, kind=kind)


def _preview(request: HttpRequest, parcel: Parcel) -> HttpResponse:
    outcome = preview_import(parcel)
    counts = outcome.counts
    good = not counts["faulty"] and counts["new"] + counts["changed"] > 0
    context = {
        "parcel": parcel,
        "counts": counts,
        "token": _keep(parcel, outcome) if good else "",
        "sorts": [_sort(outcome, what) for what in ("faulty", "changed", "new", "same")],
    }
    status = 422 if counts["faulty"] else 200
    return render(request, "curate/catalogue/preview.html", context, status=status)


def _sort(outcome: Outcome, what: str) -> dict[str, Any]:
    lines = outcome.of(what)
    shown = [
        {
            "line": line,
            "kind": IMPORTED[line.kind].title,
            "changes": [change for change in line.changes if what == "changed" or change.new],
        }
        for line in lines[:SHOWN]
    ]
    return {"what": what, "lines": shown, "count": len(lines), "rest": len(lines) - len(shown)}


def _take_in(request: HttpRequest, token: str) -> HttpResponse:
    path = _path(token) if TOKEN.fullmatch(token) else None
    if path is None or not path.is_file():
        messages.error(
            request, _("That file is no longer here. Nothing was written; upload it again.")
        )
        return redirect("catalogue:exchange")
    kept = json.loads(path.read_text(encoding="utf-8"))
    rows = {kind: [(number, row) for number, row in found] for kind, found in kept["rows"].items()}
    parcel = Parcel(name=kept["name"], rows=rows, by_line=kept["by_line"])
    try:
        _outcome, line = take_in(parcel, digest=kept["digest"], by=who(request))
    except ImportRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, line.said)
    # Not before: where the database is away the same press works again later.
    path.unlink(missing_ok=True)
    return redirect("catalogue:exchange")


def _keep(parcel: Parcel, outcome: Outcome) -> str:
    """Keep a good file between preview and import, under a name nobody guesses, outside what is served."""
    token = secrets.token_urlsafe(16)
    path = _path(token)
    path.parent.mkdir(parents=True, exist_ok=True)
    for other in path.parent.glob("*.json"):
        if time.time() - other.stat().st_mtime > KEPT_SECONDS:
            other.unlink(missing_ok=True)
    kept = asdict(parcel) | {"digest": outcome.digest}
    path.write_text(json.dumps(kept), encoding="utf-8")
    return token


def _path(token: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / f"{token}.json"
