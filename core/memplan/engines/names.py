"""The names of the engines that come with the program, as Python code may spell them."""

from __future__ import annotations

from enum import StrEnum


class EngineName(StrEnum):
    """The engines whose memory is planned."""

    ZINC = "zinc"
    LLAMA_CPP = "llama.cpp"
