"""What a file lacks that every architecture wants."""

from __future__ import annotations

from typing import Final

from memplan.engines.llama_cpp.shape import Shape

_PARTNERS: Final = (
    ("ffn_up.weight", "ffn_down.weight"),
    ("ffn_up_exps.weight", "ffn_down_exps.weight"),
    ("ffn_gate_exps.weight", "ffn_up_exps.weight"),
    ("ffn_up_shexp.weight", "ffn_down_shexp.weight"),
    ("ssm_in.weight", "ssm_out.weight"),
)
"""Tensors of a layer that come with another one."""


def incomplete_layer(shape: Shape) -> str:
    """A tensor that a layer lacks and every architecture wants there; empty if there is none.

    Where a part of a split model is not there yet, or a file is damaged.
    """
    begun = {name.split(".")[1] for name in shape.tensors if name.startswith("blk.")}
    for index in range(shape.trunk_count):
        if begun and str(index) not in begun:
            return f"blk.{index}.*"
        for role, partner in _PARTNERS:
            if _has(shape, index, role) and not _has(shape, index, partner):
                return f"blk.{index}.{partner}"
    return ""


def _has(shape: Shape, index: int, role: str) -> bool:
    return f"blk.{index}.{role}" in shape.tensors
