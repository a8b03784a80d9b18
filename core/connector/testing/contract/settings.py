"""What can be told of a plugin without a single call: its settings, its service, its methods."""

from __future__ import annotations

import difflib
import inspect
import re
from typing import Any, Final

import msgspec

from connector.contracts import Plugin, Source, Target
from connector.errors import ConfigurationError
from connector.http import check_base_url
from connector.settings import describe
from connector.testing.checks import check
from connector.testing.groups import Group
from connector.testing.lab import Lab
from connector.testing.verdicts import Broken, expect

_SOUNDS_SECRET: Final = re.compile(
    r"password|passwd|secret|token|api_?key|private_?key|credential", re.IGNORECASE
)
_SHORTEST_HELP: Final = 15


@check(Group.SETTINGS)
async def the_settings_are_a_frozen_struct(lab: Lab[Any]) -> None:
    """`settings_type` is a frozen msgspec.Struct, and the settings are an instance of it."""
    kind: Any = getattr(lab.case.plugin, "settings_type", None)
    is_struct = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    expect(is_struct, "settings_type: a msgspec.Struct", kind, "settings_type")
    frozen = bool(kind.__struct_config__.frozen)
    expect(frozen, "class …(msgspec.Struct, frozen=True, kw_only=True)", "no frozen=True", "settings_type")
    expect(type(lab.case.settings) is kind, f"settings of the type {kind}", type(lab.case.settings))


@check(Group.SETTINGS)
async def every_setting_is_explained(lab: Lab[Any]) -> None:
    """Every setting has a description, which `connector plugins` shows (SPEC C4)."""
    entries = describe(lab.case.plugin.settings_type)
    bare = [entry.name for entry in entries if len(entry.help.strip()) < _SHORTEST_HELP]
    way = "Annotated[…, msgspec.Meta(description=…)] with a sentence for each setting"
    expect(not bare, way, f"none for {', '.join(bare)}", "settings_type")


@check(Group.SETTINGS)
async def the_service_is_described(lab: Lab[Any]) -> None:
    """`service` names the service, and an address where credentials may be sent."""
    service = lab.case.plugin.service(lab.case.settings)
    named = bool(re.fullmatch(r"[a-z0-9_-]+", service.name))
    expect(named, "service().name: small letters, as in settings and log lines", service.name, "service")
    expect(bool(service.account), "service().account: whose calls are counted together", "nothing", "service")
    try:
        check_base_url(service.base_url)
    except ConfigurationError as error:
        raise Broken("service().base_url: https://…", str(error), "service") from error


@check(Group.SETTINGS)
async def every_method_is_one_of_the_contract(lab: Lab[Any]) -> None:
    """A public method is one of the contract's, so that no misspelt one waits to be called for ever."""
    plugin, known = lab.case.plugin, _contract(lab.case.plugin)
    own = [
        name
        for kind in _own_classes(plugin)
        for name, value in vars(kind).items()
        if inspect.isfunction(value)
    ]
    wrong = {
        name: close[0]
        for name in own
        if not name.startswith("_")
        and name not in known
        and (close := difflib.get_close_matches(name, known, 1, 0.75))
    }
    meant = ", ".join(f"{name} (`{close}`?)" for name, close in wrong.items())
    expect(not wrong, "the names of the contract, or a leading underscore", meant, "its methods")


@check(Group.SETTINGS)
async def every_method_takes_what_it_is_given(lab: Lab[Any]) -> None:
    """A method takes the parameters of the contract, and is of its kind: a coroutine, or an async iterator."""
    plugin = lab.case.plugin
    base = Source if issubclass(plugin, Source) else Target
    for name in filter(plugin.has_own, _contract(plugin)):
        wanted = list(inspect.signature(getattr(base, name)).parameters)
        method = getattr(plugin, name)
        found = list(inspect.signature(method).parameters)
        expect(found == wanted, f"{name}({', '.join(wanted)})", f"{name}({', '.join(found)})", name)
        if inspect.iscoroutinefunction(getattr(base, name)):
            expect(inspect.iscoroutinefunction(method), f"async def {name}", "no coroutine", name)
        else:
            expect(
                not inspect.iscoroutinefunction(method),
                f"{name} to yield pages or return",
                "a coroutine",
                name,
            )


def _contract(plugin: type[Plugin]) -> list[str]:
    base = Source if issubclass(plugin, Source) else Target
    names = [*vars(base), *vars(Plugin)]
    kept = [
        name for name in names if not name.startswith("_") and inspect.isfunction(getattr(base, name, None))
    ]
    return [name for name in dict.fromkeys(kept) if name not in ("has", "has_own")]


def _own_classes(plugin: type[Plugin]) -> list[type]:
    return [kind for kind in plugin.__mro__ if kind not in (*Source.__mro__, *Target.__mro__)]


@check(Group.SECRETS)
async def every_credential_is_a_secret(lab: Lab[Any]) -> None:
    """A password, key or token has the type Secret, so that nothing shows it (SPEC C4)."""
    entries = describe(lab.case.plugin.settings_type)
    bare = [each.name for each in entries if _SOUNDS_SECRET.search(each.name) and not each.secret]
    bare = [name for name in bare if isinstance(getattr(lab.case.settings, name, None), str)]
    expect(not bare, "the type connector.api.Secret", f"plain texts: {', '.join(bare)}", "settings_type")
