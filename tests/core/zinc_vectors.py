"""What ZINC's own memory plan says of 400 random configurations."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, Final

_PATH = Path(__file__).parents[1] / "data" / "zinc_vectors.jsonl.gz"

VECTORS: Final[list[dict[str, Any]]] = [
    json.loads(line) for line in gzip.decompress(_PATH.read_bytes()).splitlines()
]
