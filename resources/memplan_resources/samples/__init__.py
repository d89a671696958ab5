"""Sample models: real shapes as GGUF headers without tensor data.

Written by ``packaging/make_samples.py`` from the models' published dimensions.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import NamedTuple


class Sample(NamedTuple):
    """A model that comes with the program.

    Attributes:
        id: name on the command line and of the file.
        title: the model's name.
    """

    id: str
    title: str


SAMPLES = (
    Sample("qwen3-8b", "Qwen3 8B"),
    Sample("gpt-oss-20b", "gpt-oss 20B"),
    Sample("qwen3.5-9b", "Qwen3.5 9B"),
    Sample("gemma-3-12b", "Gemma 3 12B"),
)
"""The samples, the default one first."""


def sample_path(sample_id: str) -> Path:
    """The GGUF header of a sample. The package is always unpacked on disk.

    Raises:
        KeyError: there is no sample of that name.
    """
    if sample_id not in {sample.id for sample in SAMPLES}:
        raise KeyError(sample_id)
    with resources.as_file(resources.files(__name__) / f"{sample_id}.gguf") as path:
        return path
