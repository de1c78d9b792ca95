"""Forms are read as UTF-8, which is what every page and client of ours sends."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]


def read_utf8(get_response: Handler) -> Handler:
    """Pass over what a body is said to be written in: "hex", say, is no encoding of texts, and breaks forms."""

    def read(request: HttpRequest) -> HttpResponseBase:
        if (request.content_params or {}).get("charset", "utf-8").lower() != "utf-8":
            request.encoding = "utf-8"
        return get_response(request)

    return read
