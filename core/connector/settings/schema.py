"""The settings of a client and of the framework, as everything else sees them: frozen and typed.

A field of `ClientBasics` or `CommonSettings` is all that a new setting needs: its type (with limits), its default
and its help. Reading, checking, `connector clients show` and the documentation follow from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from connector.secret import Secret


class FlowSwitches(msgspec.Struct, frozen=True, kw_only=True):
    """Which flows run for a client (SPEC C5). All are on; a client switches single ones off."""

    products: Annotated[bool, Meta(description="Import products into the warehouse.")] = True
    orders: Annotated[bool, Meta(description="Import orders into the warehouse.")] = True
    cancellations: Annotated[bool, Meta(description="Cancel orders in the warehouse.")] = True
    shipments: Annotated[bool, Meta(description="Report shipments to the shop.")] = True
    stock: Annotated[bool, Meta(description="Report stock to the shop.")] = True


class StepChoice(msgspec.Struct, frozen=True):
    """A mapping step that a client uses, with its setting, already of the type that the step asks for."""

    name: str
    setting: Any


class PluginChoice(msgspec.Struct, frozen=True):
    """The plugin that a client uses on one side; `settings` is an instance of the plugin's settings class."""

    name: str
    settings: Any


class ClientBasics(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a client that are plain values: all but its plugins and mapping steps."""

    flows: FlowSwitches = FlowSwitches()
    interval_minutes: Annotated[int, Meta(ge=1, description="Minutes from one run to the next.")] = 60
    max_run_minutes: Annotated[
        Annotated[float, Meta(ge=1)] | None,
        Meta(
            examples=[180],
            description="Minutes after which a run comes to its end: the record under way is finished, the next run "
            "begins with what is left. A tenth of the time is kept for each flow that follows. Where it is not set: "
            "three times `interval_minutes`.",
        ),
    ] = None
    products_every_minutes: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(
            examples=[240],
            description="Minutes from one reading of the catalogue to the next, to save calls: runs in between leave "
            "the flow `products` out. Where it is not set: each run.",
        ),
    ] = None
    call_budget_month: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(
            examples=[200_000],
            description="Calls a month to a service that charges for them, of all clients together that share a key; "
            "from 80 % on, the problem `call_budget` is open. Where it is not set: those that are free.",
        ),
    ] = None
    language: Annotated[
        str,
        Meta(
            pattern="^[a-z]{2}$",
            title="two small letters",
            description="Language of product names and of reported problems, such as `de` or `en`.",
        ),
    ] = "de"
    max_zeroed_share: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="Stock guard: when more than this share of the products (and more than 10) would go from a "
            "positive stock to 0 at once, none of these zeroes is sent before somebody confirms it.",
        ),
    ] = 0.2
    keep_personal_data_days: Annotated[
        int,
        Meta(
            ge=0,
            description="Days for which an open problem keeps the record that it is about, which may hold a "
            "customer's address; a problem that has closed keeps none. So long a damaged state is kept, too.",
        ),
    ] = 30


class ClientSettings(ClientBasics, frozen=True, kw_only=True):
    """All settings of one client. `mapping` holds the steps that are on, in the order in which they run.

    `plugins` holds those of the plugins that are neither source nor target, by the name of their table.
    """

    name: str
    source: PluginChoice
    target: PluginChoice
    mapping: tuple[StepChoice, ...] = ()
    plugins: Mapping[str, Any] = MappingProxyType({})


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The web page of this installation."""

    token: Annotated[
        Secret | None,
        Meta(
            description="What somebody has to know to open the web page. It may be missing only where the page is "
            "offered to this machine alone.",
        ),
    ] = None
    hosts: Annotated[
        str,
        Meta(
            description="Names by which browsers reach the web page through a proxy, separated by commas, such as "
            "`connector.example.com`.",
        ),
    ] = ""
    show_personal_data: Annotated[
        bool, Meta(description="Show customers' names and addresses on the web page.")
    ] = False
    url: Annotated[
        str,
        Meta(
            description="Where services on the internet reach the web page, such as `https://connector.example.com`; "
            "`connector webhooks install` has them call there.",
        ),
    ] = ""
    webhook_secret: Annotated[
        Secret | None,
        Meta(
            description="From this, the secret of each webhook is made. While it is not set, none is accepted."
        ),
    ] = None
    webhook_pause_seconds: Annotated[
        int,
        Meta(
            ge=1,
            description="Seconds from one run of a client that webhooks ask for to the next, to save calls.",
        ),
    ] = 60


class StateSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where what is remembered is kept, when several processes share it (docs/scaling.md)."""

    url: Annotated[
        Secret | None,
        Meta(
            description="Address of the PostgreSQL database that several machines share, such as "
            "`postgresql://user:password@host/database`; without it, files in `state_dir` are used."
        ),
    ] = None
    lease_seconds: Annotated[
        float,
        Meta(
            ge=1,
            description="Seconds after which the client of a worker that was killed or cut off is taken over by "
            "another one. Only with `state.url`.",
        ),
    ] = 45.0


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How much a worker takes on."""

    clients_at_once: Annotated[
        int, Meta(ge=1, description="Clients that one `connector worker` runs at a time.")
    ] = 50
    dispatch_seconds: Annotated[
        int,
        Meta(
            ge=1,
            le=60,
            description="Seconds from one look of the workers for clients that are due to the next.",
        ),
    ] = 10


class CommonSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for the framework as a whole, from `settings.toml` or the environment.

    `state_dir` is relative to the folder that holds the settings folder (so `./config` puts it into `./state`,
    wherever the command is started) and absolute once it was read.
    """

    state_dir: Annotated[Path, Meta(description="Folder for what is remembered between runs.")] = Path(
        "state"
    )
    state: StateSettings = StateSettings()
    worker: WorkerSettings = WorkerSettings()
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="How much is logged; what needs a person is logged as a warning or an error."),
    ] = "info"
    log_format: Annotated[
        Literal["auto", "text", "json"],
        Meta(
            description="How it is logged: `auto` is text in a terminal and JSON, an object per line, elsewhere."
        ),
    ] = "auto"
    web: WebSettings = WebSettings()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the installed plugins offer, by name: settings classes, and the type of each mapping step's setting.

    `others` are the settings of plugins that are neither source nor target.
    """

    sources: Mapping[str, type[msgspec.Struct]]
    targets: Mapping[str, type[msgspec.Struct]]
    steps: Mapping[str, Any]
    others: Mapping[str, type[msgspec.Struct]] = MappingProxyType({})


class Value(msgspec.Struct, frozen=True):
    """One setting for people to read: a secret is masked, `came_from` is a file, a variable or `default`."""

    key: str
    shown: str
    came_from: str


class Resolved(msgspec.Struct, frozen=True):
    """The settings of a client, and where each value came from."""

    settings: ClientSettings
    values: tuple[Value, ...]


class Draft(msgspec.Struct, frozen=True):
    """What the settings of a client are so far: the values that there are, and a line for each mistake.

    `settings` is None where there are mistakes.
    """

    values: tuple[Value, ...]
    mistakes: tuple[str, ...]
    settings: ClientSettings | None


class SettingHelp(msgspec.Struct, frozen=True):
    """One setting of a settings class as documentation.

    `default` is the word `required` where there is none; `example` shows a value, empty where the class has none.
    """

    name: str
    type: str
    default: str
    help: str
    secret: bool
    example: str = ""
