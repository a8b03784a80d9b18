"""The pages that show something; nothing is changed here, and neither service is asked."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from connector.errors import ConfigurationError
from connector.flows import FLOWS
from connector.history import calls_in_month, month_of
from connector.overview import bills_of
from connector.settings import describe, type_in_words
from connector.web.chart import chart, records_of
from connector.web.crew import crew_shown, mark_of
from connector.web.desk import Seen
from connector.web.shown import problems_shown, rows_of, standing, totals_of, wish_of
from connector.web.site import Site
from connector.web.words import Words


@dataclass(frozen=True)
class Pages:
    """Answers for each page."""

    site: Site

    async def clients(self, request: Request) -> Response:
        """All clients, with what happened last."""
        try:
            names = self.site.desk.names()
        except ConfigurationError as error:
            nothing = totals_of([])
            return self.site.render(
                request, "clients.html", rows=[], totals=nothing, bills=[], crew=None, nobody=str(error)
            )
        crew = await self.site.desk.crew()
        etag = self.site.etag(request, await self.site.desk.mark(names) + mark_of(crew))
        if _is_known(request, etag):
            return _not_modified(etag)
        seen = await self.site.desk.clients()
        with self.site.budget.spending():
            rows = rows_of(seen)
            bills = bills_of((each.view for each in seen), self.site.common.clock.now())
        return self.site.render(
            request,
            "clients.html",
            etag=etag,
            rows=rows,
            totals=totals_of(rows),
            bills=bills,
            crew=crew_shown(crew) if crew else None,
            nobody="",
        )

    async def client(self, request: Request) -> Response:
        """One client: its runs, its problems, its calls."""
        name = self.site.desk.known(request.path_params["client"])
        etag = self.site.etag(request, await self.site.desk.mark((name,)))
        if _is_known(request, etag):
            return _not_modified(etag)
        return await self.client_page(request, name, etag=etag)

    async def client_page(
        self, request: Request, name: str, *, etag: str = "", status: int = 200, said: str = ""
    ) -> Response:
        """Shows a client; `said` is what to tell first, as after a form that could not be used."""
        seen = await self.site.desk.client(name)
        with self.site.budget.spending():
            wish = wish_of(request.query_params)
            personal = self.site.terms.show_personal_data
            problems = problems_shown(seen, wish, self.site.words(request), show_personal_data=personal)
            month = month_of(self.site.common.clock.now())
            calls = sorted(
                calls_in_month(seen.view.snapshot, month).items(), key=lambda call: (-call[1], call[0])
            )
        return self.site.render(
            request,
            "client.html",
            etag=etag,
            status=status,
            seen=seen,
            standing=standing(seen),
            runs=self._runs(seen, self.site.words(request)),
            problems=problems,
            calls=calls,
            month=month,
            done=_done(request),
            said=said,
        )

    def _runs(self, seen: Seen, words: Words) -> Markup:
        """Draws the runs; they stay as they are until there is one more."""
        runs = seen.view.runs
        key = (seen.view.client, len(runs), runs[0].run_id if runs else "")
        return self.site.fragment(
            "runs.html", words, key, runs=runs, chart=chart(runs), records_of=records_of
        )

    async def settings(self, request: Request) -> Response:
        """The settings of one client, masked, with where each came from."""
        seen = await self.site.desk.client(self.site.desk.known(request.path_params["client"]))
        return self.site.render(request, "settings.html", seen=seen)

    async def plugins(self, request: Request) -> Response:
        """What is installed, and the common settings."""
        inst, words = self.site.desk.installation(), self.site.words(request)
        sides = {"plugins_sources": inst.plugins.sources, "plugins_targets": inst.plugins.targets}
        return self.site.render(
            request,
            "plugins.html",
            sides={code: list(offers.values()) for code, offers in sides.items()},
            steps=[
                (step, inst.plugins.steps[name], type_in_words(step.setting))
                for name, step in inst.steps.items()
            ],
            faults=inst.plugins.faults,
            flows_of=lambda plugin: ", ".join(
                words.flow(flow.name) for flow in FLOWS if flow.possible_on(plugin)
            ),
            describe=describe,
            values=inst.folder.common_values(),
        )


def _done(request: Request) -> str:
    """Returns the code of what the form before this page did; codes that nobody knows say nothing."""
    done = request.query_params.get("done", "")
    return done if done in DONE else ""


DONE = frozenset(
    {"resend_product", "offer_shipment", "each_run", "confirm_stock", "merchant_acts", "ignored"}
)
"""What a form may have done, as it stands in the address after it."""


def _is_known(request: Request, etag: str) -> bool:
    return etag in (part.strip() for part in request.headers.get("if-none-match", "").split(","))


def _not_modified(etag: str) -> Response:
    return Response(status_code=304, headers={"ETag": etag, "Cache-Control": "no-store"})
