"""Odd models and odd requests, always the same for the same number, and what every plan must obey.

A model is a real header of which some tensors are missing, or sizes, types and dimensions are
others. A request takes each option at values at which arithmetic tends to go wrong.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

from memplan import Backend, EngineName, GgufError, Model, Request, read_header
from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.zinc.options import Accounting, KvType, ZincOptions, ZincVersion
from memplan.estimate import Outcome, UnsupportedRequestError
from memplan.model import resolve_model
from memplan.planning.planner import Plan, plan
from memplan.reader.header import Array, Header, Tensor, Value, ValueType
from spread import QUICK

DATA = Path(__file__).parents[1] / "data"
NAMES = tuple(path.name for path in QUICK)

U32 = (0, 1, 2, 3, 31, 32, 33, 255, 256, 257, 4095, 4096, 65_536, 2**20, 2**31, 2**32 - 1)
U64 = (*U32, 2**34, 2**40, 2**62, 2**63 - 1, 2**63, 2**64 - 1)

Mutate = Callable[[random.Random, Header], Header]


@cache
def header_of(name: str) -> Header:
    return read_header(DATA / "models" / name)


def odd_header(chance: random.Random, names: tuple[str, ...] = NAMES) -> Header:
    header = header_of(chance.choice(names))
    for _ in range(chance.choice((0, 1, 1, 2, 4))):
        header = chance.choice(MUTATIONS)(chance, header)
    return header


def _without_some_tensors(chance: random.Random, header: Header) -> Header:
    """As if some were never written."""
    share = chance.choice((0.01, 0.2, 0.9))
    kept = tuple(tensor for tensor in header.tensors if chance.random() > share)
    return replace(header, tensors=kept)


def _without_a_part(chance: random.Random, header: Header) -> Header:
    """As if one part of a split model were not there yet."""
    parts = chance.randint(2, 6)
    size = -(-len(header.tensors) // parts)
    missing = chance.randrange(parts) * size
    kept = header.tensors[:missing] + header.tensors[missing + size :]
    return replace(header, tensors=kept)


def _without_a_role(chance: random.Random, header: Header) -> Header:
    """As if no layer had a tensor of one role, or one layer not."""
    if not header.tensors:
        return header
    gone = chance.choice(header.tensors).name
    if chance.random() < 0.5:
        gone = gone.partition(".")[2].partition(".")[2] or gone
    kept = tuple(tensor for tensor in header.tensors if not tensor.name.endswith(gone))
    return replace(header, tensors=kept)


def _renamed_tensor(chance: random.Random, header: Header) -> Header:
    name = chance.choice(("blk.²³.ffn_up.weight", "blk.99999999.x", "blk..", "", "blk.-1.attn_q\0"))
    return _with_tensor(chance, header, lambda tensor: tensor._replace(name=name))


def _resized_tensor(chance: random.Random, header: Header) -> Header:
    dimensions = tuple(chance.choice(U64) for _ in range(chance.randint(0, 4)))
    size = chance.choice(U64)
    return _with_tensor(
        chance, header, lambda tensor: tensor._replace(dimensions=dimensions, bytes=size)
    )


def _with_tensor(
    chance: random.Random, header: Header, change: Callable[[Tensor], Tensor]
) -> Header:
    if not header.tensors:
        return header
    index = chance.randrange(len(header.tensors))
    tensors = list(header.tensors)
    tensors[index] = change(tensors[index])
    return replace(header, tensors=tuple(tensors))


def _other_number(chance: random.Random, header: Header) -> Header:
    """One of the architecture's own numbers at an edge, or of another type."""
    keys = [key for key, value in header.metadata.items() if _is_number(value)]
    key = chance.choice(keys or ["general.file_type"])
    number = chance.choice(U64) * chance.choice((1, 1, 1, -1))
    kind = chance.choice((ValueType.UINT32, ValueType.UINT64, ValueType.INT64, ValueType.FLOAT32))
    return _with_value(header, key, Value(kind, number))


def _near_number(chance: random.Random, header: Header) -> Header:
    """One of them a few times larger or smaller."""
    keys = [key for key, value in header.metadata.items() if _is_number(value)]
    if not keys:
        return header
    key = chance.choice(keys)
    number = header.metadata[key].value
    assert isinstance(number, int)
    factor = chance.choice((0, 1, 3, 16, 1000))
    return _with_value(header, key, Value(ValueType.UINT32, number * factor // 2 + 1))


def _without_a_key(chance: random.Random, header: Header) -> Header:
    keys = [key for key in header.metadata if key != "general.architecture"]
    gone = chance.choice(keys or [""])
    metadata = {key: value for key, value in header.metadata.items() if key != gone}
    return replace(header, metadata=metadata)


def _other_array(chance: random.Random, header: Header) -> Header:
    keys = [key for key, value in header.metadata.items() if isinstance(value.value, Array)]
    if not keys:
        return header
    numbers = [chance.choice(U32) for _ in range(chance.choice((0, 1, 7, 64)))]
    raw = b"".join(number.to_bytes(4, "little") for number in numbers)
    array = Array(chance.choice((ValueType.UINT32, ValueType.INT32)), len(numbers), 0, raw)
    return _with_value(header, chance.choice(keys), Value(ValueType.ARRAY, array))


def _other_architecture(chance: random.Random, header: Header) -> Header:
    """The numbers and tensors of one architecture under the name of another."""
    other = header_of(chance.choice(NAMES)).metadata["general.architecture"].value
    own = header.metadata["general.architecture"].value
    metadata = {
        (f"{other}{key.removeprefix(str(own))}" if key.startswith(f"{own}.") else key): value
        for key, value in header.metadata.items()
    }
    metadata["general.architecture"] = Value(ValueType.STRING, str(other))
    return replace(header, metadata=metadata)


def _is_number(value: Value) -> bool:
    return isinstance(value.value, int) and value.type is not ValueType.BOOL


def _with_value(header: Header, key: str, value: Value) -> Header:
    return replace(header, metadata={**header.metadata, key: value})


MUTATIONS: tuple[Mutate, ...] = (
    _without_some_tensors,
    _without_a_part,
    _without_a_role,
    _renamed_tensor,
    _resized_tensor,
    _other_number,
    _near_number,
    _without_a_key,
    _other_array,
    _other_architecture,
)


def odd_request(chance: random.Random) -> Request | None:
    """A request, or ``None`` where the numbers are refused at once."""
    small = chance.random() < 0.7
    try:
        asked = Request(
            engine=chance.choice((EngineName.LLAMA_CPP, EngineName.LLAMA_CPP, EngineName.ZINC)),
            backend=chance.choice(list(Backend)),
            budget_bytes=chance.choice((*U64, 2**33, 2**34, 2**35, 2**36)),
            context_tokens=chance.choice((None, None, *U32)),
            total_memory_bytes=chance.choice((None, None, *U64, 2**35)),
            used_context_tokens=chance.choice(U32),
            completion_tokens=chance.choice(U32),
            zinc=ZincOptions(chance.choice(list(ZincVersion)), chance.choice(list(Accounting))),
            llama_cpp=_odd_options(chance, small),
        )
        if asked.engine == EngineName.ZINC:
            asked = asked.with_options(_odd_zinc(chance, asked.zinc))
    except ValueError:
        return None
    return asked


def _odd_zinc(chance: random.Random, options: ZincOptions) -> ZincOptions:
    return replace(
        options,
        kv_type=chance.choice(list(KvType)),
        mtp=chance.choice((None, None, True, False)),
        prefill_scratch_mib=chance.choice((None, None, 0, 64, 2**32 - 1)),
    )


def _odd_options(chance: random.Random, small: bool) -> LlamaCppOptions:
    """Each option at its default, or at another value of its own type."""
    hints = get_type_hints(LlamaCppOptions)
    chosen: dict[str, Any] = {}
    for field in fields(LlamaCppOptions):
        if chance.random() < 0.5:
            continue
        hint = hints[field.name]
        kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
        kind = chance.choice(kinds)
        if kind is int:
            chosen[field.name] = chance.choice((1, 2, 10, 512) if small else U64)
        elif kind is bool:
            chosen[field.name] = chance.random() < 0.5
        elif isinstance(kind, type) and issubclass(kind, Enum):
            chosen[field.name] = chance.choice(list(kind))
    return LlamaCppOptions(**chosen)


def odd_plan(seed: int) -> Plan | Exception | None:
    """The plan of an odd model, or the sentence with which it is refused; all else is raised."""
    chance = random.Random(seed)
    request = odd_request(chance)
    if request is None:
        return None
    try:
        return plan(model_of(odd_header(chance)), request)
    except (GgufError, UnsupportedRequestError) as error:
        return error


def model_of(header: Header) -> Model:
    return resolve_model(header)


def broken_laws(found: Plan) -> Iterator[str]:
    """What a plan says that cannot be, as lines."""
    markers, verdict = found.markers, found.verdict
    if verdict.fits and not verdict.granted_tokens:
        yield "fits, but no context is granted"
    if verdict.fits_whole and not markers.max_tokens:
        yield f"fits, but {verdict.granted_tokens} granted and {markers.max_tokens} at most"
    if verdict.fits and verdict.outcome is Outcome.REFUSED:
        yield "fits, but is refused"
    if markers.max_tokens > max(markers.ceiling_tokens, verdict.granted_tokens):
        yield "the longest that fits is beyond the ceiling"
    contexts = {markers.floor_tokens, markers.max_tokens, markers.ceiling_tokens, 1}
    for usage in (found.at, *map(found.usage_at, contexts)):
        if usage.headroom_bytes != found.request.budget_bytes - usage.budgeted_bytes:
            yield "headroom is not what is left of the budget"
        for share in usage.shares:
            if share.bytes < 0 or share.band_bytes < 0:
                yield f"{share.kind} is {share.bytes} ± {share.band_bytes}"
    curve = found.curve(64)
    if (curve.bytes < 0).any() or (curve.bands < 0).any():
        yield "the curve goes below 0"
    last = [part.bytes_at(int(curve.contexts[-1])) for part in found.components]
    if any(abs(a - b) > 1 + b * 1e-9 for a, b in zip(curve.bytes[:, -1], last, strict=True)):
        yield "the curve ends elsewhere than the formulas"
