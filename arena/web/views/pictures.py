"""Derivatives, reference pictures and released originals, each under a stable random name."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from arena.challenges.models import ReferencePicture
from arena.generation.models import Candidate, FormerPicture, PublicPicture
from arena.generation.releasing import shown_with_names
from arena.generation.storing import picture_path

TYPES = {"avif": "image/avif", "jpg": "image/jpeg", "png": "image/png"}
# What the intake takes, by what the bytes begin with: file ending and content type.
ORIGINALS = (
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"RIFF", "webp", "image/webp"),
)


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
    for names in (PublicPicture.objects, FormerPicture.objects):
        shown = (
            names.filter(name=name, extension=ext)
            .exclude(candidate__status=Candidate.Status.HIDDEN)
            .first()
        )
        if shown:
            return picture_path(f"{shown.name}.{shown.extension}")
    reference = ReferencePicture.objects.filter(public_name=name).first()
    if reference and reference.file.name and reference.file.name.endswith(f".{ext}"):
        return Path(settings.MEDIA_ROOT) / reference.file.name
    raise Http404("There is no such picture.")


@require_safe
def original(request: HttpRequest, name: str) -> FileResponse:
    """Serve a provider's bytes as they came, once the picture may be shown with its name."""
    candidate = shown_with_names().filter(original_name=name).first()
    if candidate is None:
        raise Http404("There is no such picture.")
    path = Path(settings.MEDIA_ROOT) / candidate.original
    try:
        ending, content_type = _kind(path)
    except FileNotFoundError as error:
        raise Http404("The file of this picture is missing on the server.") from error
    response = FileResponse(path.open("rb"), content_type=content_type)
    response["Content-Disposition"] = f'inline; filename="{name}.{ending}"'
    # Strangers' bytes: a browser shall show them as this picture (which its own viewer styles inline), no more.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    # Not for long: a picture that is hidden, or whose twin comes into play, leaves the server at once.
    response["Cache-Control"] = "public, max-age=60"
    return response


def _kind(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        head = file.read(16)
    for mark, ending, content_type in ORIGINALS:
        if head.startswith(mark):
            return ending, content_type
    raise Http404("The file of this picture is none that browsers show.")
