"""Forms as browsers send them: small, of one kind, and from a page of ours."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from connector.web.access import Access
from connector.web.site import visitor_of

FIELD: Final = "form"
"""The field that shows that a form is ours."""

MOST_BYTES: Final = 16_384

_KIND: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 20


async def form_of(request: Request) -> dict[str, str]:
    """Reads a form; raises HTTPException (400, 413) for anything else."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _KIND:
        raise HTTPException(400, "no form was sent")
    body = await body_of(request, MOST_BYTES)
    try:
        return dict(
            parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
        )
    except ValueError as error:
        raise HTTPException(400, "the form can't be read") from error


async def body_of(request: Request, most_bytes: int) -> bytes:
    """Reads what was sent; raises HTTPException (413) where it is more than that."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise HTTPException(413)
    return body


async def own_form(request: Request, access: Access) -> dict[str, str]:
    """Reads a form that came from a page that we showed to this visitor; raises HTTPException (400, 403, 413)."""
    form = await form_of(request)
    if not access.is_ours(visitor_of(request), form.get(FIELD, "")):
        raise HTTPException(403, "error_403_form")
    return form
