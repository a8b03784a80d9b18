"""The reference for those who write plugins, made from docstrings and signatures: the pages of `docs/reference/`.

`python -m tests.docs` writes it anew, together with all else that is made from the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import connector.api
import connector.testing
from connector import calls, contracts, errors, hookspecs, lifecycle, records
from connector.contracts import Plugin, Source, Target
from connector.daily import Daily
from connector.decoding import decode_json
from connector.flows import FLOWS
from connector.installation import installed_plugins
from connector.plugins import Offer
from connector.remembering import Memory
from connector.secret import Personal, Secret
from connector.settings import ClientBasics, CommonSettings, SettingHelp, describe, type_in_words
from connector.testing import Group, drivers, fakes
from connector.testing.suites import SOURCE_CHECKS, TARGET_CHECKS
from connector.texts import TEXTS, level
from connector.webhooks import WebhookCall
from tests.rendering import cell, class_text, method_text, methods, prose, table

ROOT: Final = Path(__file__).parent.parent
FOLDER: Final = ROOT / "docs" / "reference"
PACKAGE: Final = "connector-framework"
NOTE: Final = "<!-- made from the code by: python -m tests.docs -->"

_CALLERS: Final = {
    "flows": "a run",
    "checkup.py": "`connector check`",
    "explain": "`connector explain`",
    "reconcile": "`connector reconcile`",
}
"""Who calls a plugin, by the part of the framework in which the call stands."""


def reference_files() -> dict[Path, str]:
    """Returns every page with its text."""
    made = {
        "hooks": hooks_page(),
        "plugin": plugin_page(),
        "source": contract_page(Source),
        "target": contract_page(Target),
        "records": records_page(),
        "errors": errors_page(),
        "settings": settings_page(),
        "testing": testing_page(),
        "contract": contract_tests_page(),
    }
    files = {FOLDER / f"{name}.md": f"{NOTE}\n\n{text.strip()}\n" for name, text in made.items()}
    return {FOLDER / "README.md": f"{NOTE}\n\n{index_page(made)}\n", **files}


def index_page(made: Mapping[str, str]) -> str:
    """Lists the pages, and every name that a plugin package may import, with the page that explains it."""
    rows = [
        (f"[{text.splitlines()[0][2:]}]({name}.md)", text.split("\n\n")[1]) for name, text in made.items()
    ]
    parts = [
        "# Reference for plugins",
        "What a plugin package works with. [The guide](../../plugins/README.md) builds a plugin from nothing; here is "
        "what each thing promises.",
        table(("page", "what"), ((link, cell(what)) for link, what in rows)),
    ]
    for module in (connector.api, connector.testing):
        names = sorted(module.__all__, key=str.casefold)
        pages = {name: page_of(name, made, module is connector.testing) for name in names}
        links = " · ".join(f"[{name}]({page}.md#{name.lower()})" for name, page in pages.items())
        parts += [f"## `{module.__name__}`", prose(module.__doc__ or "").partition("\n\n")[0], links]
    return "\n\n".join(parts)


def page_of(name: str, made: Mapping[str, str], of_tests: bool) -> str:
    """Returns the page that explains a name; raises LookupError, so that none is forgotten."""
    for page, text in made.items():
        if of_tests == (page == "testing") and re.search(rf"^## {name}$", text, re.MULTILINE):
            return page
    raise LookupError(f"no page of the reference explains {name}; give it a place in tests/reference.py")


def hooks_page() -> str:
    """The hooks, and what the lifecycle hooks are told."""
    named = [(name, hook) for name, hook in vars(hookspecs).items() if hasattr(hook, "connector_spec")]
    texts = [method_text(name, hook) for name, hook in named]
    told = [kind for kind in vars(lifecycle).values() if isinstance(kind, type) and _is_of(kind, lifecycle)]
    return "\n\n".join(
        (
            "# Hooks",
            prose(hookspecs.__doc__ or ""),
            "A hook is a function of that module, with the decorator `@hookimpl`. Beside it stands for which version "
            "of hooks, contracts and `connector.api` the package was made: "
            f'`connector_api = "{hookspecs.API_VERSION}"`. A package that was made for another major version, or a '
            "later minor one, is refused by name; the others go on.",
            *texts,
            "## hookimpl\n\nThe decorator that marks a function as a hook. A name that is no hook's is refused.",
            *map(class_text, told),
        )
    )


def plugin_page() -> str:
    """What sources and targets have in common, and the way out."""
    kinds: list[type[Any]] = [
        *(Plugin, contracts.Context, contracts.Finding, contracts.Outcome),
        *(calls.Http, calls.Service, calls.Endpoint, calls.Limit, calls.Tariff, calls.Answer),
        *(Daily, Memory, Secret, Personal, contracts.Catalogue, WebhookCall),
    ]
    return "\n\n".join(
        (
            "# Plugin and Http",
            "What sources and targets have in common: settings, one service, a check, and the HTTP client. "
            + prose(calls.__doc__ or "").partition("\n\n")[2],
            *(class_text(kind) for kind in kinds),
            _alias("Query", "The query of an address: pairs, in their order", calls.Query),
            _alias("Headers", "Headers of a call; a Secret stays out of logs and messages", calls.Headers),
            method_text("decode_json", decode_json),
        )
    )


def _alias(name: str, what: str, kind: object) -> str:
    shown = re.sub(r"\b(?:collections\.abc|connector\.\w+)\.", "", str(kind))
    return f"## {name}\n\n{what}: `{shown}`."


def contract_page(contract: Any) -> str:
    """A contract: which methods which flow takes, who else calls them, and what each promises."""
    name = contract.__name__
    found = [(key, method) for key, method in methods(contract) if not isinstance(method, property)]
    rows = [(f"`{key}`", _flows_with(contract, key), _callers(name.lower(), key)) for key, _ in found]
    intro = prose(contract.__doc__ or "").partition("\n\n")
    return "\n\n".join(
        (
            f"# The contract of a {name.lower()}",
            intro[0],
            prose(contracts.__doc__ or "").partition("\n\n")[2],
            table(("method", "needed by the flow", "called by"), rows),
            f"## {name}",
            intro[2],
            *(method_text(key, method, "###") for key, method in methods(contract)),
            class_text(contracts.ProductWrite) if contract is Target else "",
        )
    )


def _flows_with(contract: Any, method: str) -> str:
    named = [
        flow.name
        for flow in FLOWS
        if method in (flow.source_methods if contract is Source else flow.target_methods)
    ]
    return ", ".join(named)


def _callers(side: str, method: str) -> str:
    """Looks in the code who calls a method."""
    found = []
    for part, words in _CALLERS.items():
        place = ROOT / "core" / "connector" / part
        files = place.rglob("*.py") if place.is_dir() else [place]
        called = re.compile(rf"\b{side}\.{method}\b")
        if any(called.search(file.read_text(encoding="utf-8")) for file in files):
            found.append(words)
    return ", ".join(found) or "a dry run"


def records_page() -> str:
    """The canonical records."""
    kinds = [kind for kind in vars(records).values() if isinstance(kind, type) and _is_of(kind, records)]
    intro = prose(records.__doc__ or "")
    return "\n\n".join(("# Records", intro, *(class_text(kind) for kind in kinds)))


def errors_page() -> str:
    """The errors that a plugin meets or raises, and the codes of problems."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and _is_of(kind, errors)]
    codes = [
        (f"`{code}`", level(code), cell(words["en"].reason), cell(words["en"].hint))
        for code, words in TEXTS.items()
    ]
    return "\n\n".join(
        (
            "# Errors",
            prose(errors.__doc__ or ""),
            *(class_text(kind) for kind in kinds if kind.__name__ in connector.api.__all__),
            "## Codes of problems",
            "What `code` of a RecordRefused may be, how bad it is, and what the merchant then reads; placeholders are "
            "its `params`. A code that is not here is shown as it is, with its `params`.",
            table(("code", "level", "reason", "what to do"), codes),
        )
    )


def _is_of(kind: type[Any], module: Any) -> bool:
    return bool(kind.__module__ == module.__name__)


def settings_page() -> str:
    """The settings of the framework and of the plugins that come with it."""
    found, steps = installed_plugins()
    own_steps = [
        (f"`{name}`", step.kind.__name__.lower() + "s", type_in_words(step.setting), cell(step.help))
        for name, step in steps.items()
        if found.steps[name].package == PACKAGE
    ]
    return "\n\n".join(
        (
            "# Settings",
            "Every setting of the framework and of the plugins that come with it, from the classes that check them.",
            "## Of each client",
            settings_table(describe(ClientBasics)),
            "## Of the framework",
            settings_table(describe(CommonSettings)),
            *_of_plugins("Source", found.sources.values()),
            *_of_plugins("Target", found.targets.values()),
            "## Mapping steps",
            "In a client's table `[mapping]`, by their names, in the order in which they are to run.",
            table(("step", "for", "setting", "what"), own_steps),
        )
    )


def _of_plugins(kind: str, offers: Iterable[Offer[Any]]) -> list[str]:
    """Describes the settings of the plugins that come with the framework."""
    return [
        f"## {kind} `{offer.name}`\n\n{settings_table(describe(offer.what.settings_type))}"
        for offer in offers
        if offer.package == PACKAGE
    ]


def settings_table(settings: Iterable[SettingHelp]) -> str:
    """Draws the table of a settings class."""
    rows = (
        (f"`{each.name}`", cell(each.type), f"`{cell(each.default)}`", cell(each.help)) for each in settings
    )
    return table(("setting", "type", "default", "what"), rows)


def testing_page() -> str:
    """The contract tests: what a package hands over, what is tried."""
    kinds: list[type[Any]] = [
        *(connector.testing.SourceCase, connector.testing.TargetCase, connector.testing.RealTest),
        drivers.Driver,
        *(drivers.ShopDriver, drivers.WarehouseDriver, fakes.FakeShop, fakes.Request),
        *(connector.testing.FakeClock, Group, connector.testing.Report, connector.testing.GroupResult),
        *(connector.testing.Result, connector.testing.Outcome),
    ]
    intro, _, rest = prose(connector.testing.__doc__ or "").partition("\n\n")
    return "\n\n".join(
        (
            "# Testing a plugin",
            intro,
            rest,
            *(class_text(kind) for kind in kinds),
            method_text("all_but", fakes.all_but),
            *(
                method_text(name, getattr(connector.testing, name))
                for name in ("run_contract", "started", "all_of")
            ),
        )
    )


def contract_tests_page() -> str:
    """What the contract tests try, by group."""
    groups = [(str(group), group.words) for group in Group]
    return "\n\n".join(
        (
            "# What is tried",
            "The rules that the contract tests try. `pytest -m \"contract(group='writes')\"` chooses a group.",
            table(("group", "what it is about"), groups),
            _checks("source", SOURCE_CHECKS),
            _checks("target", TARGET_CHECKS),
        )
    )


def _checks(side: str, checks: Iterable[Any]) -> str:
    """Lists what is tried on a plugin, each rule once, however many methods or fields it is tried on."""
    rules = {each.name.partition("[")[0]: (each.group, each.rule) for each in checks}
    rows = [(str(group), f"`{name}`", cell(rule)) for name, (group, rule) in rules.items()]
    return f"## What is tried on a {side}\n\n{table(('group', 'test', 'rule'), rows)}"
