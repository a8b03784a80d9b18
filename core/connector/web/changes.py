"""What an operator decides from the page: to try a record anew, or to hear no more of a problem."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from connector.errors import ClientHeld, NotFound, StateError
from connector.flows.retry import Retry, let_retry
from connector.overview import Change, change_problem, ignoring
from connector.web.forms import own_form
from connector.web.pages import Pages
from connector.web.site import Site, client_link


@dataclass(frozen=True)
class Changes:
    """Answers to the forms that change something."""

    site: Site
    pages: Pages

    async def retry(self, request: Request) -> Response:
        """Lets the record of a problem be tried anew in the next run."""
        await self._form(request)
        return await self._change(request, let_retry)

    async def ignore(self, request: Request) -> Response:
        """Notes that nobody wants to hear of a problem until it has closed."""
        form = await self._form(request)
        why = form.get("why", "").strip()
        if not why:
            said = self.site.words(request)("ignore_without_why")
            return await self.pages.client_page(request, self._client(request), status=400, said=said)
        return await self._change(request, ignoring(why, self.site.common.clock.now))

    async def _change(self, request: Request, change: Change[object]) -> Response:
        client, desk = self._client(request), self.site.desk
        try:
            _, _, outcome = await change_problem(
                desk.installation(), desk.store, (client,), request.path_params["problem"], change
            )
        except (ClientHeld, NotFound, StateError) as error:
            return await self.pages.client_page(request, client, status=409, said=str(error))
        done = outcome.name.lower() if isinstance(outcome, Retry) else "ignored"
        return RedirectResponse(client_link(client, f"?done={done}#problems"), 303)

    async def _form(self, request: Request) -> dict[str, str]:
        if not self.site.terms.allow_changes:
            raise HTTPException(403, "error_403_read_only")
        return await own_form(request, self.site.access)

    def _client(self, request: Request) -> str:
        return self.site.desk.known(request.path_params["client"])
