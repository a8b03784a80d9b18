"""Runs the real command and lets a signal hit it at a checkpoint of its state.

    python -m tests.matrix.launcher STATE_DIR NUMBER before|after SIGNAL ARGUMENTS-OF-CONNECTOR...

A checkpoint ends with `os.replace`, which Python announces to audit hooks as `os.rename` just before it does it; the
next thing announced comes after it (the directory is opened to be synchronised). So the process is hit on both sides
of the replacement, and nothing of the connector is touched. NUMBER 0 hits nothing, and the last line on standard
error says how many checkpoints there were.
"""

from __future__ import annotations

import atexit
import os
import runpy
import signal
import sys
from pathlib import Path


class Striker:
    """An audit hook that counts the checkpoints and sends the signal to its own process at one of them."""

    def __init__(self, state_dir: Path, number: int, moment: str, signum: int) -> None:
        self.checkpoints = 0
        self._state_dir = str(state_dir)
        self._number = number
        self._moment = moment
        self._signum = signum
        self._just_done = False

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._just_done:
            self._just_done = False
            self._strike()
        elif event == "os.rename" and os.path.dirname(str(arguments[1])) == self._state_dir:
            self.checkpoints += 1
            if self.checkpoints == self._number:
                if self._moment == "before":
                    self._strike()
                else:
                    self._just_done = True

    def _strike(self) -> None:
        os.kill(os.getpid(), self._signum)


def main(state_dir: str, number: str, moment: str, signum: str, *arguments: str) -> None:
    """Installs the hook, then is `python -m connector ARGUMENTS`."""
    striker = Striker(Path(state_dir), int(number), moment, int(signal.Signals[signum]))
    if number == "0":
        atexit.register(lambda: sys.stderr.write(f"{striker.checkpoints}\n"))
    sys.addaudithook(striker)
    sys.argv = ["connector", *arguments]
    runpy.run_module("connector", run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
