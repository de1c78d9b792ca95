"""Operations: is the process alive, and is everything there."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .health import find_missing


@require_safe
@never_cache
def livez(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    missing = find_missing()
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)
