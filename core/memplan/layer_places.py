"""In which memory each layer of a start is, and how many bytes of weights it has."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from memplan.estimate import Start
from memplan.memory.machine import Machine
from memplan.model import Model

_LAYER: Final = re.compile(r"blk\.(\d{1,6})\.")
_EXPERTS: Final = re.compile(r"_ch?exps\.|_exps\.|_exps$")


@dataclass(frozen=True, slots=True)
class LayerPlace:
    """Where a layer is.

    Attributes:
        pool: id of the memory in which it is.
        experts_pool: id of the memory in which its experts are: the same, if it has none.
        in_part: whether only a part of its experts, or of itself, is in the host's memory.
    """

    pool: str
    experts_pool: str
    in_part: bool = False


@dataclass(frozen=True, slots=True)
class LayerBytes:
    """Bytes of a layer's weights.

    Attributes:
        own: of all but its experts.
        experts: of its experts.
    """

    own: int
    experts: int


def layer_places(start: Start, machine: Machine) -> tuple[LayerPlace, ...]:
    """Where each layer is, in order; the output layer, which is one of them, comes last.

    Engines keep the first layers on the host where not all are on devices, and fill the devices
    in their order.
    """
    host = machine.host.id
    pools = _pools(start, machine)
    moved, in_part = set(start.cpu_expert_layers), set(start.partial_layers)
    return tuple(
        LayerPlace(pool, host if index in moved else pool, index in in_part)
        for index, pool in enumerate(pools)
    )


def _pools(start: Start, machine: Machine) -> Iterator[str]:
    devices = machine.devices
    on_host = max(start.layer_count - start.n_gpu_layers, 0)
    yield from [machine.host.id] * on_host
    counts = start.tensor_split or (start.n_gpu_layers,)
    for device, count in zip(devices, counts, strict=False):
        yield from [device.id] * count


def layer_bytes(model: Model) -> dict[int, LayerBytes]:
    """Bytes of the weights of each layer, by its index; of the output layer there are none."""
    own: dict[int, int] = defaultdict(int)
    experts: dict[int, int] = defaultdict(int)
    for tensor in model.tensors:
        found = _LAYER.match(tensor.name)
        if found is None:
            continue
        sums = experts if _EXPERTS.search(tensor.name) else own
        sums[int(found[1])] += tensor.bytes
    return {index: LayerBytes(own[index], experts[index]) for index in {*own, *experts}}
