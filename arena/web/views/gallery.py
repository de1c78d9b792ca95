"""The gallery: pictures that have left the blind vote, with what they were asked for and by whom they are."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from arena.web.filters import show_filtered
from arena.web.gallery import show_gallery


@require_safe
@gzip_page
def gallery(request: HttpRequest) -> HttpResponse:
    return show_filtered(
        request,
        here=reverse("web:gallery"),
        page="web/gallery/page.html",
        fragment="web/gallery/_gallery.html",
        describe=lambda query: {"gallery": show_gallery(query)},
    )
