"""The virtual environments of the peers: made once for each list of requirements, and kept."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def default_folder() -> Path:
    """Where the environments are kept for the next time."""
    kept = os.environ.get("CONNECTOR_PEERS_DIR")
    return Path(kept) if kept else Path.home() / ".cache" / "connector-framework" / "peers"


def python_with(requirements: Path, folder: Path) -> Path:
    """Returns the Python of an environment that has these packages; installs them unless they are there."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    place = folder / f"{version}-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]}"
    if not (place / "complete").exists():
        print(f"installing {requirements.parent.name} into {place}", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        pip = [str(place / "bin/pip"), "install", "--quiet", "--no-deps", "-r", str(requirements)]
        subprocess.run(pip, check=True)
        (place / "complete").touch()
    return place / "bin/python"


def install_ours(target: Path) -> None:
    """Installs the plugin of `ours` into a folder, from a copy, since building leaves files behind."""
    copy = target.with_name(f"{target.name}-source")
    shutil.copytree(HERE / "ours", copy)
    offline = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation")
    command = [sys.executable, "-m", "pip", "install", *offline, "--target", str(target), str(copy)]
    subprocess.run(command, check=True)
