"""Derivatives and reference pictures under stable random names."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from arena.challenges.models import ReferencePicture
from arena.generation.models import Candidate, PublicPicture
from arena.generation.storing import picture_path

TYPES = {"avif": "image/avif", "jpg": "image/jpeg", "png": "image/png"}


@require_safe
def picture(request: HttpRequest, name: str, ext: str) -> FileResponse:
    path = _find(name, ext)
    try:
        response = FileResponse(path.open("rb"), content_type=TYPES[ext])
    except FileNotFoundError as error:
        raise Http404("The file of this picture is missing on the server.") from error
    # The names are random and never reused; a hidden picture leaves the server at once.
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Disposition"] = "inline"
    return response


def _find(name: str, ext: str) -> Path:
    if ext not in TYPES:
        raise Http404("There is no such picture.")
    shown = (
        PublicPicture.objects.filter(name=name, extension=ext)
        .exclude(candidate__status=Candidate.Status.HIDDEN)
        .first()
    )
    if shown:
        return picture_path(f"{shown.name}.{shown.extension}")
    reference = ReferencePicture.objects.filter(public_name=name).first()
    if reference and reference.file.name and reference.file.name.endswith(f".{ext}"):
        return Path(settings.MEDIA_ROOT) / reference.file.name
    raise Http404("There is no such picture.")
