"""Puts the web page together: which address is answered by whom."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from connector.errors import ConnectorError, NotFound
from connector.health import Pulse
from connector.installation import Installation
from connector.sides import Shared
from connector.web.access import COOKIE, LASTS, Access
from connector.web.budget import SHARE, Budget
from connector.web.changes import Changes
from connector.web.desk import Desk
from connector.web.forms import form_of, own_form
from connector.web.guard import Guard
from connector.web.pages import Pages
from connector.web.receiver import Receiver
from connector.web.search import Search
from connector.web.site import STATIC, Site, assets, visitor_of
from connector.web.terms import Terms
from connector.web.vitals import Figures, Vitals
from connector.webhooks import PREFIX

_FAILED_LOGIN_S = 1.0
_YEAR = "public, max-age=31536000, immutable"


def make_app(
    inst: Installation,
    common: Shared,
    terms: Terms,
    *,
    share: float = SHARE,
    figures: Figures | None = None,
    pulse: Pulse | None = None,
    hint: Callable[[str, Collection[str]], None] | None = None,
) -> ASGIApp:
    """Returns the web page as an ASGI application.

    `common` is what the runs of this process use as well, so that limits are kept together; `share` is the part of
    all time that the page may take from them. `figures` makes the text of `/metrics`; `pulse` is that of the hourly
    loop, None where this process runs no clients. `hint` is told which flows of a client the calls of services
    concern; without it, none is taken.
    """
    budget = Budget(common.clock, share)
    site = Site(
        desk=Desk(inst, common.store, common.clock, budget),
        common=common,
        terms=terms,
        access=Access(terms.token, common.clock.now),
        budget=budget,
        assets=assets(),
    )
    pages, entrance = Pages(site), Entrance(site)
    changes, search = Changes(site, pages), Search(site)
    settings = inst.folder.common()
    vitals = Vitals(site, None if settings.state.url else settings.state_dir, figures, pulse)
    receiver = Receiver(site, hint)
    problem = "/clients/{client}/problems/{problem}"
    routes = [
        Route("/", pages.clients),
        Route("/clients/{client}", pages.client),
        Route("/clients/{client}/settings", pages.settings),
        Route(f"{problem}/retry", changes.retry, methods=["POST"]),
        Route(f"{problem}/ignore", changes.ignore, methods=["POST"]),
        Route("/plugins", pages.plugins),
        Route("/explain", search.form),
        Route("/explain", search.ask, methods=["POST"]),
        Route("/login", entrance.form),
        Route("/login", entrance.log_in, methods=["POST"]),
        Route("/logout", entrance.log_out, methods=["POST"]),
        Route("/static/{name}", entrance.static),
        Route(f"{PREFIX}{{client}}/{{side}}", receiver.take, methods=["POST"]),
        Route("/metrics", vitals.metrics),
        Route("/healthz", vitals.alive),
        Route("/readyz", vitals.ready),
    ]
    mishaps = Mishaps(site)
    handlers = {HTTPException: mishaps.refused, ConnectorError: mishaps.mistake, 500: mishaps.bug}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), site)


@dataclass(frozen=True)
class Entrance:
    """What is open to everybody: to log in, and the files that make the pages look like something."""

    site: Site

    async def form(self, request: Request) -> Response:
        """Asks for the token; whoever has shown it already goes on."""
        if request.scope.get("visitor") is not None:
            return RedirectResponse(_inside(request.query_params.get("next", "")), 303)
        return self._page(request, request.query_params.get("next", ""), 200)

    async def log_in(self, request: Request) -> Response:
        """Compares the token; whoever guesses waits after each guess."""
        form = await form_of(request)
        after = form.get("next", "")
        if not self.site.access.is_token(form.get("token", "")):
            await self.site.common.clock.sleep(_FAILED_LOGIN_S)
            return self._page(request, after, 403)
        response = RedirectResponse(_inside(after), 303, {"Cache-Control": "no-store"})
        response.set_cookie(
            COOKIE,
            self.site.access.log_in(),
            max_age=int(LASTS.total_seconds()),
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    async def log_out(self, request: Request) -> Response:
        """Ends the session."""
        await own_form(request, self.site.access)
        self.site.access.log_out(visitor_of(request))
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    async def static(self, request: Request) -> Response:
        """Style, script and icon; nothing else can be asked for."""
        name = request.path_params["name"]
        if name not in STATIC:
            raise HTTPException(404)
        return Response(
            self.site.assets[name], headers={"Content-Type": STATIC[name], "Cache-Control": _YEAR}
        )

    def _page(self, request: Request, after: str, status: int) -> Response:
        return self.site.render(request, "login.html", status=status, after=after, is_wrong=status != 200)


@dataclass(frozen=True)
class Mishaps:
    """Pages for what went wrong."""

    site: Site

    async def refused(self, request: Request, error: Exception) -> Response:
        """A request that makes no sense, or is not allowed."""
        assert isinstance(error, HTTPException)  # noqa: S101  (starlette calls this for no other)
        words = self.site.words(request)
        code = error.detail if error.detail.startswith("error_") else f"error_{error.status_code}"
        try:
            said = words(code, reason=error.detail)
        except KeyError:
            said = error.detail
        return self._page(request, error.status_code, said)

    async def mistake(self, request: Request, error: Exception) -> Response:
        """What the framework says in one line, such as that there is no client of this name."""
        return self._page(request, 404 if isinstance(error, NotFound) else 503, str(error))

    async def bug(self, request: Request, error: Exception) -> Response:
        """A fault of ours; the server logs it."""
        return self._page(request, 500, self.site.words(request)("error_500"))

    def _page(self, request: Request, status: int, said: str) -> Response:
        return self.site.render(request, "error.html", status=status, said=said)


def _inside(after: str) -> str:
    """Returns an address of ours to go on to; nobody may lead a visitor to another site by it."""
    is_ours = after.startswith("/") and not after.startswith(("//", "/\\", "/login"))
    return after if is_ours and after.isprintable() else "/"
