"""A row for a line that only llama.cpp prints."""

from __future__ import annotations

from functools import partial
from typing import Final

from memplan.engines.log_row import row
from memplan.engines.names import EngineName

own_row: Final = partial(row, engine=EngineName.LLAMA_CPP.value)
