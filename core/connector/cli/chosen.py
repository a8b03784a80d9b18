"""The client that a command is about, where it is about one."""

from __future__ import annotations

import click

from connector.installation import Installation, chosen_clients


def one_client(inst: Installation, name: str | None) -> str:
    """Returns the client that was asked for, or the only one there is.

    Raises UsageError where there are several to choose from, NotFound for a name nobody has.
    """
    if name:
        return chosen_clients(inst, (name,))[0]
    known = chosen_clients(inst, ())
    if len(known) == 1:
        return known[0]
    there_are = f"there are {', '.join(known)}" if known else "there is none yet"
    raise click.UsageError(f"say which client with --client NAME: {there_are}")
