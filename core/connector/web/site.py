"""What all pages share: the clients, who may see what, the language, and how a template becomes an answer."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property, partial
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from connector.errors import ConfigurationError
from connector.sides import Shared
from connector.web.access import Access, Visitor
from connector.web.budget import Budget
from connector.web.crew import place_of
from connector.web.desk import Desk
from connector.web.terms import Terms
from connector.web.words import LANGUAGES, Words, language_of

LANGUAGE_COOKIE: Final = "connector_language"
STATIC: Final[dict[str, str]] = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_YEAR_S: Final = 365 * 24 * 3600
_MOST_FRAGMENTS: Final = 300


@dataclass(frozen=True)
class Site:
    """The page as a whole."""

    desk: Desk
    common: Shared
    terms: Terms
    access: Access
    budget: Budget
    assets: dict[str, bytes]
    fragments: dict[Hashable, Markup] = field(default_factory=dict)

    @cached_property
    def templates(self) -> jinja2.Environment:
        """The templates. All that they show is escaped, and what they name has to exist."""
        environment = jinja2.Environment(
            loader=jinja2.PackageLoader("connector.web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.globals.update(
            static=self._static_link,
            client_link=client_link,
            query=_query,
            place_of=place_of,
            version=version("connector-framework"),
            languages=LANGUAGES,
            terms=self.terms,
            asks_for_token=self.access.asks_for_token,
        )
        return environment

    def words(self, request: Request) -> Words:
        """Returns the language that the reader chose, here or before, else that of the browser."""
        chosen = request.query_params.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, "")
        return Words(language_of(*chosen, header=request.headers.get("accept-language", "")))

    def etag(self, request: Request, mark: str) -> str:
        """Returns the name of what a page shows now: two answers with the same name look the same."""
        visitor = self.access.form_token(visitor_of(request))
        parts = "\0".join((mark, self.words(request).language, str(request.url), visitor))
        return f'W/"{blake2b(parts.encode(), digest_size=12).hexdigest()}"'

    def render(
        self, request: Request, template: str, *, status: int = 200, etag: str = "", **values: Any
    ) -> Response:
        """Makes a page of a template; `etag` lets the browser ask whether it has changed."""
        words = self.words(request)
        visitor = request.scope.get("visitor")
        with self.budget.spending():
            text = self.templates.get_template(template).render(
                t=words,
                now=self.common.clock.now(),
                here=request.url,
                in_language=partial(_in_language, request),
                names=self._names(visitor),
                etag=etag,
                form_token=self.access.form_token(visitor) if visitor else "",
                is_visitor=visitor is not None,
                **values,
            )
        headers = {
            "Content-Language": words.language,
            "Vary": "Accept-Language, Cookie",
            "Cache-Control": "no-store",
        }
        if etag:
            headers["ETag"] = etag
        response = HTMLResponse(text, status, headers)
        if request.query_params.get("lang") == words.language:
            response.set_cookie(LANGUAGE_COOKIE, words.language, _YEAR_S, httponly=True, samesite="strict")
        return response

    def fragment(self, template: str, words: Words, key: Hashable, **values: Any) -> Markup:
        """Makes a part of a page that stays the same as long as its `key` does, and keeps it."""
        kept = (template, words.language, key)
        if kept not in self.fragments:
            if len(self.fragments) >= _MOST_FRAGMENTS:
                self.fragments.clear()
            with self.budget.spending():
                text = self.templates.get_template(template).render(t=words, **values)
            self.fragments[kept] = Markup(text)  # noqa: S704  (the template has escaped what it shows)
        return self.fragments[kept]

    def _names(self, visitor: Visitor | None) -> tuple[str, ...]:
        """Returns the clients to choose from; the page itself says why there is none."""
        try:
            return self.desk.names() if visitor else ()
        except ConfigurationError:
            return ()

    def _static_link(self, name: str) -> str:
        """Links to a file by its content, so that browsers keep it for as long as it stays the same."""
        return f"/static/{name}?v={blake2b(self.assets[name], digest_size=6).hexdigest()}"


def visitor_of(request: Request) -> Visitor:
    """Returns who asks; the guard let nobody else through."""
    visitor: Visitor = request.scope["visitor"]
    return visitor


def client_link(client: str, page: str = "") -> str:
    """Returns the address of a client's page."""
    return f"/clients/{quote(client, safe='')}{page}"


def _in_language(request: Request, code: str) -> str:
    """Returns the address of the same page in another language; what a form showed can't be asked for again."""
    if request.method != "GET":
        return f"/?lang={code}"
    query = {name: value for name, value in request.query_params.items() if name != "done"}
    return f"{request.url.path}?{urlencode({**query, 'lang': code})}"


def _query(**values: object) -> str:
    """Returns the part of an address after its path, empty where nothing is asked for."""
    asked = {name: value for name, value in values.items() if value}
    return f"?{urlencode(asked)}" if asked else "?"


def assets() -> dict[str, bytes]:
    """Reads the files that browsers load beside the pages."""
    folder = files("connector.web") / "static"
    return {name: (folder / name).read_bytes() for name in STATIC}
