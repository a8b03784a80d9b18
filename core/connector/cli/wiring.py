"""What most commands need: the installation that the options name, the log, and JSON on standard output."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import click
import msgspec

from connector.cli import Options
from connector.installation import Installation, open_installation
from connector.logs import set_up_logs
from connector.masking import without_secrets
from connector.settings import DEFAULT_FOLDER

log: Final = logging.getLogger("connector.settings")


def command_line(config: Path) -> str:
    """Returns how a person calls `connector` for this settings folder."""
    return "connector" if config == Path(DEFAULT_FOLDER) else f"connector --config {config}"


def installation(options: Options) -> Installation:
    """Loads plugins, opens the settings folder and begins to log; raises ConfigurationError."""
    inst = open_installation(options.config)
    common = inst.folder.common()
    set_up_logs(options.log_level or common.log_level, options.log_format or common.log_format, sys.stderr)
    sys.excepthook = show_bug
    for line in inst.folder.orphans():
        log.warning("settings of nobody", extra={"reason": line})
    return inst


def print_json(value: Any) -> None:
    """Prints one JSON object and nothing else on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


def show_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Shows the traceback of a bug that ends the program, without the secrets of this process."""
    shown = "".join(traceback.format_exception(kind, error, trace))
    sys.stderr.write(without_secrets(shown))
