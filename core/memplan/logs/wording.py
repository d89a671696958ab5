"""A log in words: what happened, what failed and why, and planned beside logged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from memplan.component import ComponentKind
from memplan.language import in_figures, marked, ntr, tr
from memplan.logs.log import Buffer, Cause, Device, Failure, Log, LogOutcome, LogPart
from memplan.logs.planned import Comparison, is_of_another_model
from memplan.model import Model
from memplan.units import (
    ByteUnits,
    format_bytes,
    format_count,
    format_exact_bytes,
    format_tokens,
)
from memplan.wording.one_line import one_line
from memplan.wording.titles import component_title, place_title

_ENGINE_TITLES: Final = {"llama.cpp": "llama.cpp", "zinc": "ZINC"}
_WRAPPER_TITLES: Final = {
    "ollama": "Ollama", "lm-studio": "LM Studio", "localai": "LocalAI",
    "text-generation-webui": "text-generation-webui", "koboldcpp": "KoboldCpp",
}  # fmt: skip
_BACKEND_TITLES: Final = {
    "vulkan": "Vulkan", "metal": "Metal", "cuda": "CUDA", "rocm": "ROCm", "sycl": "SYCL",
    "musa": "MUSA", "cann": "CANN", "opencl": "OpenCL", "rpc": "RPC", "webgpu": "WebGPU",
}  # fmt: skip
_CPU: Final = marked("the CPU")
"""As in “on the CPU”; the other backends have names."""

_ENGINES: Final[Mapping[tuple[bool, bool], str]] = {
    (False, False): "{engine}.",
    (False, True): marked("{engine} on {backend}."),
    (True, False): marked("{engine} in {wrapper}."),
    (True, True): marked("{engine} in {wrapper} on {backend}."),
}
"""Which engine it was: by whether the log tells of a program around it, and of a backend."""

_OUTCOMES: Final = {
    LogOutcome.LOADED: marked("The model was loaded."),
    LogOutcome.FAILED_TO_LOAD: marked("The model was not loaded."),
    LogOutcome.FAILED_WHILE_RUNNING: marked("The model was loaded, and failed while it ran."),
    None: marked("The log does not tell whether the model was loaded."),
}
_CAUSES: Final = {
    Cause.TOTAL_MEMORY: marked("The device did not have that much memory left."),
    Cause.SINGLE_ALLOCATION_LIMIT: marked(
        "One allocation was larger than the driver allows, however much memory is free."
    ),
    Cause.HOST_MEMORY: marked("The machine itself did not have that much memory left."),
    Cause.OTHER: marked("The log gives no reason that has to do with memory."),
}
_FAILED_KINDS: Final[Mapping[ComponentKind | None, str]] = {
    ComponentKind.WEIGHTS: marked("weights"),
    ComponentKind.KV_CACHE: marked("KV cache"),
    ComponentKind.RECURRENT_STATE: marked("recurrent state"),
    ComponentKind.COMPUTE: marked("compute buffers"),
    ComponentKind.STAGING: marked("staging buffers"),
    ComponentKind.PAGE_TABLE: marked("page table"),
    ComponentKind.OUTPUT: marked("output buffer"),
    None: marked("memory"),
}
_PARTS: Final[Mapping[LogPart, str]] = {
    LogPart.MODEL: marked("model"),
    LogPart.DRAFT: marked("draft model"),
    LogPart.MTP: marked("next-token heads"),
    LogPart.PROJECTOR: marked("projector"),
    LogPart.ADAPTER: marked("adapter"),
}
_FAILURES: Final[Mapping[tuple[bool, bool], str]] = {
    (False, False): marked("Failed to allocate {what}."),
    (False, True): marked("Failed to allocate {what}, in tensor {tensor}."),
    (True, False): marked("Failed to allocate {what}: {size} ({exact})."),
    (True, True): marked("Failed to allocate {what}: {size} ({exact}), in tensor {tensor}."),
}
"""By whether the log tells the size and the tensor."""
_SEQUENCES: Final[Mapping[bool | None, str]] = {
    True: marked("sequences {count}, one KV cache"),
    False: marked("sequences {count}, a KV cache each"),
    None: marked("sequences {count}"),
}
"""By whether they share one KV cache."""
_DASH = "–"


def log_text(
    log: Log,
    comparisons: Sequence[Comparison] = (),
    planned_failed_bytes: int | None = None,
    units: ByteUnits = ByteUnits.BINARY,
) -> str:
    """A log as lines for a terminal. Times, paths and the log's own text are not in it."""
    if log.engine is None:
        return tr("Nothing in this log is from llama.cpp or ZINC.") + _not_understood(log)
    lines = [headline(log), *_reason_lines(log, planned_failed_bytes, units), ""]
    options = _options(log)
    if options:
        lines.append(tr("Options: {options}.").format(options=", ".join(options)))
    lines += map(_device_text, log.devices)
    if log.buffers:
        lines += ["", *_table(log, comparisons)]
    else:
        lines.append(tr("The log names no buffer that was allocated."))
    return "\n".join(map(one_line, lines)) + _not_understood(log)


def headline(log: Log) -> str:
    """Which engine it was, and how it ended."""
    text = _ENGINES[bool(log.wrapper), bool(log.backend)]
    engine = tr(text).format(
        engine=f"{_ENGINE_TITLES[log.engine or 'llama.cpp']} {log.version}".rstrip(),
        wrapper=_WRAPPER_TITLES.get(log.wrapper, ""),
        backend=_BACKEND_TITLES.get(log.backend) or tr(_CPU),
    )
    return f"{engine} {tr(_OUTCOMES[log.outcome])}"


def other_model_note(log: Log, model: Model) -> str:
    """A warning that the log is not about the model that it is held against; empty if it may be."""
    layers = log.options.n_layers
    if layers is None or not is_of_another_model(log, model):
        return ""
    return ntr(
        "The log is of another model than {model}: of {count} layer with the output, "
        "not of {other}.",
        "The log is of another model than {model}: of {count} layers with the output, "
        "not of {other}.",
        layers,
    ).format(model=model.name, other=format_count(model.dimensions.layers + 1))


def failure_text(failure: Failure, units: ByteUnits = ByteUnits.BINARY) -> str:
    """The failing allocation in one sentence."""
    what = tr(_FAILED_KINDS[failure.kind])
    if failure.buffer:
        what = tr("{what} on {buffer}").format(what=what, buffer=failure.buffer)
    size = exact = ""
    if failure.bytes is not None:
        size, exact = format_bytes(failure.bytes, units), format_exact_bytes(failure.bytes)
    text = _FAILURES[failure.bytes is not None, bool(failure.tensor)]
    return tr(text).format(what=what, size=size, exact=exact, tensor=failure.tensor)


def _reason_lines(log: Log, planned_failed_bytes: int | None, units: ByteUnits) -> list[str]:
    lines = []
    if log.failed:
        lines.append(failure_text(log.failed, units))
        part, whole = log.failed.allocation_bytes, log.failed.bytes
        if part is not None and whole is not None and part < whole:
            failed = format_bytes(part, units)
            lines.append(tr("Of it, one allocation of {size} failed.").format(size=failed))
    if log.cause:
        lines.append(tr(_CAUSES[log.cause]))
    if planned_failed_bytes is not None:
        planned = format_bytes(planned_failed_bytes, units)
        lines.append(
            tr("The plan for all buffers of that kind there: {size}.").format(size=planned)
        )
    return lines


def _options(log: Log) -> list[str]:
    options = log.options
    found: list[str] = []
    if options.n_ctx is not None:
        found.append(ntr("context {count} token", "context {count} tokens", options.n_ctx))
    if options.n_seq is not None:
        text = _SEQUENCES[options.kv_unified if options.n_seq > 1 else None]
        found.append(tr(text).format(count=format_count(options.n_seq)))
    if options.n_ubatch is not None:
        found.append(tr("micro-batch {count}").format(count=format_tokens(options.n_ubatch)))
    if options.flash_attn is not None:
        found.append(tr("flash attention {state}").format(state=options.flash_attn))
    if options.type_k is not None or options.type_v is not None:
        found.append(f"K {options.type_k or _DASH}, V {options.type_v or _DASH}")
    if options.n_gpu_layers is not None:
        count = format_count(options.n_gpu_layers)
        if options.n_layers is None:
            found.append(tr("layers on the device {count}").format(count=count))
        else:
            found.append(
                tr("layers on the device {count} of {all}").format(
                    count=count, all=format_count(options.n_layers)
                )
            )
    return found


def _device_text(device: Device) -> str:
    name = f"{device.name} ({device.description})" if device.description else device.name
    sizes = []
    if device.total_mib is not None:
        sizes.append(_mib(device.total_mib))
    if device.free_mib is not None:
        sizes.append(tr("{size} free").format(size=_mib(device.free_mib)))
    return tr("Device {name}: {sizes}.").format(
        name=name, sizes=", ".join(sizes) or tr("size not logged")
    )


def _mib(count: float) -> str:
    return f"{in_figures(f'{count:,.0f}')} MiB"


def _two_decimals(mib: float) -> str:
    """A size as logs have it; without a unit, for a table."""
    return in_figures(f"{mib:,.2f}")


def _table(log: Log, comparisons: Sequence[Comparison]) -> list[str]:
    if not comparisons:
        rows = [
            (component_title(b.kind), _buffer_title(b), _two_decimals(b.mib)) for b in log.buffers
        ]
        return _aligned([("MiB", "", tr("Logged")), *rows])
    rows4 = [("MiB", "", tr("Logged"), tr("Planned"), tr("Difference"))]
    for item in comparisons:
        where = f"{place_title(item.where)}: {', '.join(item.buffers)}"
        planned = _DASH if item.planned_mib is None else _two_decimals(item.planned_mib)
        if item.planned_mib is not None and not item.exact:
            planned = f"≈ {planned}"
        difference = item.difference_mib
        changed = _DASH if difference is None else "0"
        if difference:
            changed = in_figures(f"{difference:+,.2f}")
        rows4.append(
            (component_title(item.kind), where, _two_decimals(item.logged_mib), planned, changed)
        )
    notes = []
    if any("_Mapped" in name for item in comparisons for name in item.buffers):
        notes.append(
            tr("A mapped buffer is the part of the file that is mapped, not memory taken.")
        )
    notes += [
        tr(
            "The device has less of the weights by just {names}: a tensor that is too large "
            "for one buffer there stays on the host."
        ).format(names=", ".join(item.kept_on_host))
        for item in comparisons
        if item.kept_on_host
    ]
    return [*_aligned(rows4), *notes]


def _buffer_title(buffer: Buffer) -> str:
    """The buffer's name, with the part of the run where that is not the model."""
    if buffer.part is LogPart.MODEL:
        return buffer.buffer
    return f"{buffer.buffer} ({tr(_PARTS[buffer.part])})"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as columns: the first two to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _not_understood(log: Log) -> str:
    if not log.not_understood:
        return ""
    text = ntr(
        "{count} line that speaks of memory could not be understood.",
        "{count} lines that speak of memory could not be understood.",
        log.not_understood,
    )
    return f"\n{text}"
