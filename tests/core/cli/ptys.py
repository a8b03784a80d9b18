"""A terminal for tests: a process that believes a person looks at it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Screen:
    """What a process wrote into its terminal so far."""

    def __init__(self, master: int) -> None:
        self._master = master
        self.text = ""

    def until(self, wanted: str, times: int = 1) -> str:
        """Reads on until the text was written so many times."""
        while self.text.count(wanted) < times:
            assert self._read(), f"the process ended before it wrote {wanted!r}: {self.text}"
        return self.text

    def rest(self) -> str:
        """Reads until the process has ended."""
        while self._read():
            pass
        return self.text

    def type(self, keys: str) -> None:
        """Presses keys."""
        os.write(self._master, keys.encode())

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], 60)  # only where nothing comes at all
        assert ready, f"the process waits; so far it wrote: {self.text}"
        try:
            read = os.read(self._master, 65536)
        except OSError:  # the other end is closed
            return False
        self.text += read.decode()
        return bool(read)


@contextmanager
def in_terminal(
    config: Path, *arguments: str, stdout_too: bool = False, rows: int = 40, **environ: str
) -> Iterator[tuple[subprocess.Popen[bytes], Screen]]:
    """Starts `connector` with standard error (and input, and output) in a terminal of 100 columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 100, 0, 0))
    command = [sys.executable, "-m", "connector", "--config", str(config), *arguments]
    options: dict[str, Any] = {
        "stdin": slave,
        "stdout": slave if stdout_too else subprocess.PIPE,
        "stderr": slave,
        "env": {**os.environ, "TERM": "xterm-256color", **environ},
    }
    with subprocess.Popen(command, start_new_session=True, **options) as process:
        os.close(slave)
        try:
            yield process, Screen(master)
        finally:
            os.close(master)
