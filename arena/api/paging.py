"""Parts of lists, and refusing parameters that nobody reads."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from pydantic import BaseModel

from .problems import bad_parameters
from .shapes import Page


def read_only_known(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse parameters that the view does not know: a misspelt filter must not look like an empty one."""

    @wraps(view)
    def enter(request: HttpRequest, **values: Any) -> Any:
        known = {
            name
            for value in values.values()
            if isinstance(value, BaseModel)
            for name in type(value).model_fields
        }
        unknown = sorted(set(request.GET) - known)
        if unknown:
            message = f"is no parameter here; there are {', '.join(sorted(known)) or 'none'}."
            raise bad_parameters([{"parameter": n[:80], "message": message} for n in unknown[:10]])
        return view(request, **values)

    return enter


def cut(
    request: HttpRequest, rows: Sequence[Any] | QuerySet[Any], page: Page
) -> tuple[list[Any], dict[str, Any]]:
    """Return the rows of a page, and what the list tells of itself: `count` and `next`."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    end = page.offset + page.limit
    following = None
    if end < count:
        query = request.GET.copy()
        query["offset"], query["limit"] = str(end), str(page.limit)
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return list(rows[page.offset : end]), {"count": count, "next": following}
