"""Votes as files: whoever does not trust a board can make it anew."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from arena.battles.exporting import COLUMNS, Kind, compress, stream_votes_as

from .paging import read_only_known
from .problems import Problem
from .shapes import DisciplineName, PopulationName

router = Router(tags=["Exports"])

# Each holds a thread and a database connection as long as its reader reads; voters need the others.
AT_ONCE = 2
RETRY_AFTER = 30
PLAIN = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
GZIP = "application/gzip"
ROW = {"type": "string", "format": "binary"}

_room = threading.BoundedSemaphore(AT_ONCE)


class VotesOf(Schema):
    population: PopulationName | None = None
    discipline: DisciplineName | None = None
    since: date | None = Field(None, description="Votes from this UTC day on, as YYYY-MM-DD.")


class File(StreamingHttpResponse):
    """A file on its way; makes room for the next one when it was sent or its reader has gone."""

    leave: Callable[[], None] | None = None

    def close(self) -> None:
        # What reads the database ends first: Django takes the connection back below, and would wait for ever
        # for one that is in the middle of a COPY.
        leave, self.leave = self.leave, None
        try:
            if leave is not None:
                leave()
        finally:
            super().close()


def _answers(kind: str, *, packed: bool) -> dict[str, Any]:
    media = GZIP if packed else PLAIN[kind].partition(";")[0]
    names = ", ".join(f"`{name}`" for name, _, _ in COLUMNS)
    return {
        "responses": {
            200: {
                "description": f"Columns: {names}.",
                "content": {media: {"schema": ROW}},
            },
            503: {
                "description": "Other files are on their way; see Retry-After.",
                "content": {
                    "application/problem+json": {
                        "schema": {"$ref": "#/components/schemas/ProblemShape"}
                    }
                },
            },
        }
    }


def _export(kind: str, *, packed: bool) -> Callable[..., File]:
    ending = f"{kind}.gz" if packed else kind

    def view(request: HttpRequest, filters: Query[VotesOf]) -> File:
        return _send(request, filters, kind=cast(Kind, kind), packed=packed)

    view.__name__ = f"export_votes_{ending.replace('.', '_')}"
    view.__doc__ = f"All counted votes before the running hour, as {'packed ' if packed else ''}{kind.upper()}."
    return router.get(
        f"/exports/votes.{ending}",
        url_name=f"votes_{ending.replace('.', '_')}",
        openapi_extra=_answers(kind, packed=packed),
        response={200: None},
    )(read_only_known(view))


def _send(request: HttpRequest, filters: VotesOf, *, kind: Kind, packed: bool) -> File:
    headers = {"Cache-Control": "no-store", "Content-Disposition": _name(kind, packed=packed)}
    content_type = GZIP if packed else PLAIN[kind]
    if _is_head(request):
        return File(iter(()), content_type=content_type, headers=headers)
    if not _room.acquire(blocking=False):
        busy = "Other files are on their way; ask again in half a minute."
        raise Problem(503, busy, headers={"Retry-After": str(RETRY_AFTER)})
    blocks: Iterator[bytes] = stream_votes_as(kind, **filters.model_dump())
    answer = File(
        compress(blocks) if packed else blocks, content_type=content_type, headers=headers
    )
    answer.leave = partial(_leave, blocks)
    _limit_sending(request)
    return answer


def _limit_sending(request: HttpRequest) -> None:
    """Let the server give a reader up that stops reading and stays: it would hold its room for ever.

    The limit is on each block as a whole, so bytes that trickle do not put it off. gunicorn lifts it
    before the next request of the connection; other servers, and tests, hand no socket in.
    """
    line = request.META.get("gunicorn.socket")
    if line is not None:
        line.settimeout(settings.EXPORT_SECONDS)


def _leave(blocks: Iterator[bytes]) -> None:
    """Close what reads from the database, whether anybody began to read or not, and make room."""
    try:
        cast(Any, blocks).close()
    finally:
        _room.release()


def _is_head(request: HttpRequest) -> bool:
    """Tell whether only the head is asked for: views are run as GET, the server's own word stays."""
    return request.META.get("REQUEST_METHOD") == "HEAD"


def _name(kind: Kind, *, packed: bool) -> str:
    day = datetime.now(UTC).date().isoformat()
    return f'attachment; filename="paragone-votes-{day}.{kind}{".gz" if packed else ""}"'


for _kind in PLAIN:
    for _packed in (False, True):
        _export(_kind, packed=_packed)
