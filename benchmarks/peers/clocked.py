"""Runs a shell's command line and says what it took: `python -m benchmarks.peers.clocked COMMAND FILE`.

In a small process of its own, because Linux counts the memory of the one that starts a program as that program's.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path


def main(command: str, figures: Path) -> int:
    """Writes the figures to a file, and returns the exit code; the peak is that of the largest process."""
    began = time.monotonic()
    code = subprocess.run(["bash", "-o", "pipefail", "-c", command], check=False).returncode
    wall, used = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    took = {"cpu_s": used.ru_utime + used.ru_stime, "wall_s": wall, "peak_mb": used.ru_maxrss / unit}
    figures.write_text(json.dumps(took), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
