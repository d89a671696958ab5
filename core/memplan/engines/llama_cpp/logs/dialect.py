"""llama.cpp's logs, and those of the programs around it, as the reader of logs takes them."""

from __future__ import annotations

import re
from typing import Final

from memplan.engines.llama_cpp.apps.koboldcpp import KOBOLDCPP
from memplan.engines.llama_cpp.apps.lm_studio import LM_STUDIO
from memplan.engines.llama_cpp.apps.ollama import OLLAMA
from memplan.engines.llama_cpp.apps.others import OTHER_APPS
from memplan.engines.llama_cpp.apps.table import APPS
from memplan.engines.llama_cpp.logs import failures, loading
from memplan.engines.llama_cpp.logs.fitting import FIT
from memplan.engines.llama_cpp.logs.parts import PARTS
from memplan.engines.llama_cpp.logs.requests import requested
from memplan.engines.log_dialect import LogDialect

DIALECT: Final = LogDialect(
    loading=(
        *loading.BUFFERS,
        *loading.TOTALS,
        *PARTS,
        *loading.PROGRESS,
        *FIT,
        *failures.HARMLESS,
    ),
    app_rows=(*OLLAMA, *LM_STUDIO, *KOBOLDCPP, *OTHER_APPS),
    results=(
        *failures.ALLOCATIONS,
        *failures.BUFFERS,
        *failures.REASONS,
        *failures.RUNNING,
        *failures.ENDS,
        *loading.OPTIONS,
        *loading.DEVICES,
        *loading.VERSIONS,
    ),
    known=loading.KNOWN,
    apps=APPS,
    # Functions whose names were dropped at the end of 2024.
    early=("llm_load_", "llama_new_context_with_model", "llama_print_timings"),
    server=re.compile(r"\bsrv\s|llama[_-]server|HTTP server|source=server\.go"),
    says_when_ready=True,
    processes=(
        "llama", "main", "server", "kobold", "python", "lm.?studio", "jan", "local-?ai",
        "gpustack", "runner", "whisper", "textgen",
    ),
    # The output counts as a layer; until 2023 both halves of the cache were two more.
    most_extra_layers=3,
    fit_flag="--fit",
    requested=requested,
)  # fmt: skip
