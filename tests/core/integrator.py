"""A new environment in which an integrator works: the framework is installed from its wheel, not from its folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("core", "plugins", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
CACHES = ("__pycache__", ".*_cache", "*.egg-info")


class Integrator:
    """Runs programs in the environment, in a folder of its own.

    What the framework needs comes from the environment of the tests, so that nothing is fetched from anywhere.
    """

    def __init__(self, folder: Path) -> None:
        self.desk = folder / "desk"
        self.desk.mkdir()
        venv.create(folder / "venv", symlinks=True)
        self._bin = folder / "venv" / "bin"
        (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
        (site / "tools.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
        self.pip("install", str(_copied(folder / "framework")))

    def pip(self, *arguments: str) -> None:
        """Installs for good, from folders alone."""
        offline = ("--ignore-installed", "--no-deps", "--no-build-isolation", "--no-index", "--quiet")
        target = str(self._bin / "python")
        command = [sys.executable, "-m", "pip", "--python", target, *arguments, *offline]
        subprocess.run(command, cwd=self.desk, check=True)

    def run(self, *command: str, folder: str = ".") -> subprocess.CompletedProcess[str]:
        """Runs a program of the environment, or a module of its tools, in a folder of the desk."""
        program, *arguments = command
        own = self._bin / program
        start = [str(own)] if own.exists() else [str(self._bin / "python"), "-m", program]
        return subprocess.run(
            [*start, *arguments],
            cwd=self.desk / folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )


def _copied(folder: Path) -> Path:
    """Copies what the framework is built from, since building leaves files behind."""
    folder.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*CACHES))
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder
