"""The search: what `connector explain` answers. Both services are asked, and only when somebody sends the form."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from connector.errors import ConfigurationError, StateError
from connector.explain import Explanation, explain_order, explain_product
from connector.problems import Problem
from connector.texts import Sentence
from connector.web.forms import own_form
from connector.web.privacy import discreet, personal, without
from connector.web.site import Site

AT_ONCE: Final = 2
"""So many may ask at once: each question costs calls that runs need, too."""

_LONGEST: Final = 100


@dataclass(frozen=True)
class Search:
    """Answers to the search form."""

    site: Site
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def ask(self, request: Request) -> Response:
        """Explains an order or a product; a number that is no order's is taken for an SKU."""
        form = await own_form(request, self.site.access)
        number = form.get("number", "").strip()[:_LONGEST]
        client = self._client(form.get("client", ""))
        if not number or not client:
            return self._page(request, client, number, said="search_empty", status=400)
        if self.places.locked():
            return self._page(request, client, number, said="search_busy", status=503)
        async with self.places:
            try:
                told = await self._explained(request, client, number, form.get("kind", ""))
            except (ConfigurationError, StateError) as error:
                return self._page(request, client, number, failed=str(error), status=409)
        return self._page(request, client, number, told=told)

    async def form(self, request: Request) -> Response:
        """Shows the form alone."""
        return self._page(request, self._client(request.query_params.get("client", "")), "")

    def _client(self, wished: str) -> str:
        """Returns the client that was chosen, the only one where there is one; raises NotFound for a wrong name."""
        if wished:
            return self.site.desk.known(wished)
        names = self.site.desk.names()
        return names[0] if len(names) == 1 else ""

    async def _explained(self, request: Request, client: str, number: str, kind: str) -> Explanation:
        settings = self.site.desk.installation().client(client).settings
        language, seen = self.site.words(request).language, self._seen
        explain = explain_product if kind == "product" else explain_order
        told = await explain(settings, self.site.common, number, language=language, seen=seen)
        if not told.is_known and not kind:
            told = await explain_product(settings, self.site.common, number, language=language, seen=seen)
        return await self._discreet(client, number, told)

    def _seen(self, problem: Problem) -> Problem:
        return problem if self.site.terms.show_personal_data else discreet(problem)

    async def _discreet(self, client: str, number: str, told: Explanation) -> Explanation:
        """Takes away what tells who the customer is, as far as a service's own words repeat it."""
        if self.site.terms.show_personal_data:
            return told
        view = (await self.site.desk.client(client)).view
        texts = personal(p.record for p in view.problems if number in {p.number, p.record_id})

        def hide(sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
            return tuple(Sentence(sentence.code, without(texts, sentence.text)) for sentence in sentences)

        return msgspec.structs.replace(told, sentences=hide(told.sentences), next_steps=hide(told.next_steps))

    def _page(
        self,
        request: Request,
        client: str,
        number: str,
        *,
        told: Explanation | None = None,
        said: str = "",
        failed: str = "",
        status: int = 200,
    ) -> Response:
        return self.site.render(
            request,
            "search.html",
            status=status,
            client=client,
            number=number,
            told=told,
            said=said,
            failed=failed,
        )
