"""The command that gives the same start of llama.cpp without any automatism.

Source: llama.cpp b11434, ``common/arg.cpp``; names of buffers as ``--override-tensor`` takes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from memplan.engines.llama_cpp.backends import BACKEND_ROWS
from memplan.engines.llama_cpp.devices import SplitMode
from memplan.engines.llama_cpp.options import DEFAULT_BATCH_TOKENS, DEFAULT_UBATCH_TOKENS, CacheType
from memplan.engines.llama_cpp.placement import HOST, Placement
from memplan.engines.llama_cpp.settings import Settings
from memplan.request import Backend


def command(
    model_path: str,
    settings: Settings,
    placement: Placement,
    devices: Sequence[str],
    context_tokens: int,
    *,
    split_mode: SplitMode,
    main_gpu: int,
) -> tuple[str, ...]:
    """The program and its arguments.

    Args:
        model_path: the model's file.
        settings: what the context is made with.
        placement: where its layers are.
        devices: llama.cpp's names of the devices in use, in its order.
        context_tokens: the context.
        split_mode: ``--split-mode``.
        main_gpu: ``--main-gpu``; counts only without a split.
    """
    return (
        settings.program.value,
        "-m",
        model_path,
        "-c",
        str(context_tokens),
        *_placed(placement, devices),
        *(("-sm", "none", "-mg", str(main_gpu)) if split_mode is SplitMode.NONE else ()),
        "--fit",
        "off",
        *_context(settings),
    )


def device_names(backends: Sequence[Backend]) -> tuple[str, ...]:
    """llama.cpp's names of devices: each backend counts its own."""
    counts: dict[Backend, int] = {}
    names = []
    for backend in backends:
        number = counts.get(backend, 0)
        counts[backend] = number + 1
        names.append(f"{BACKEND_ROWS[backend].device_name}{number}")
    return tuple(names)


def _placed(placement: Placement, devices: Sequence[str]) -> Iterator[str]:
    on_devices = [memory for memory in placement.layers if memory != HOST]
    yield from ("-ngl", str(len(on_devices)))
    if len(devices) > 1 and on_devices:
        # The layers themselves as shares: each device is given just these.
        counts = (on_devices.count(memory) for memory in range(len(devices)))
        yield from ("-ts", ",".join(map(str, counts)))
    if placement.overrides:
        names = {HOST: "CPU"} | dict(enumerate(devices))
        yield "-ot"
        yield ",".join(f"{o.pattern}={names[o.memory]}" for o in placement.overrides)
    if not placement.kv_offload:
        yield "--no-kv-offload"


def _context(settings: Settings) -> Iterator[str]:
    yield from ("-fa", "on" if settings.flash_attn else "off")
    yield from ("-np", str(settings.sequences))
    yield "--kv-unified" if settings.unified else "--no-kv-unified"
    for flag, cache_type in (("-ctk", settings.cache_type_k), ("-ctv", settings.cache_type_v)):
        if cache_type is not CacheType.F16:
            yield from (flag, cache_type.value)
    if settings.batch_tokens != DEFAULT_BATCH_TOKENS:
        yield from ("-b", str(settings.batch_tokens))
    if settings.ubatch_tokens != DEFAULT_UBATCH_TOKENS:
        yield from ("-ub", str(settings.ubatch_tokens))
    if settings.swa_full:
        yield "--swa-full"
