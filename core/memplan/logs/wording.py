"""A log in words: what happened, what failed and why, and planned beside logged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, assert_never

from memplan.engines.log_app import LogChange
from memplan.engines.registry import ENGINES, engine_named
from memplan.exhaustive import exhaustive
from memplan.language import in_figures, marked, ntr, tr
from memplan.logs.advice import LogAdvice, advice_for
from memplan.logs.against import Against, Stranger
from memplan.logs.apps import PROGRAMS, WIDESPREAD
from memplan.logs.log import Buffer, Cause, Device, Ending, Failure, Log, LogOutcome, LogPart
from memplan.logs.planned import Comparison
from memplan.logs.rows import DIALECTS
from memplan.logs.shortfall import short_by_bytes
from memplan.memory.component import ComponentKind
from memplan.units import (
    ByteUnits,
    format_bytes,
    format_count,
    format_exact_bytes,
    format_tokens,
)
from memplan.wording.one_line import one_line
from memplan.wording.titles import alternatives, component_title, place_title

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

_NO_ENGINE: Final = marked("Nothing in this log is from {engines}.")
_ONLY_AROUND: Final = marked(
    "Nothing in this log is from the engine itself, only from what runs it."
)
_OUTCOMES: Final = {
    LogOutcome.LOADED: marked("The model was loaded."),
    LogOutcome.FAILED_TO_LOAD: marked("The model was not loaded."),
    LogOutcome.FAILED_WHILE_RUNNING: marked("The model was loaded, and failed while it ran."),
    None: marked("The log does not tell whether the model was loaded."),
}
_CAUSES: Final = exhaustive(
    Cause,
    {
        Cause.TOTAL_MEMORY: marked("The device did not have that much memory left."),
        Cause.SINGLE_ALLOCATION_LIMIT: marked(
            "One allocation was larger than the driver allows, however much memory is free."
        ),
        Cause.HOST_MEMORY: marked("The machine itself did not have that much memory left."),
        Cause.OTHER: marked("The log gives no reason that has to do with memory."),
    },
)
_ENDINGS: Final[Mapping[Ending, str]] = exhaustive(
    Ending,
    {
        Ending.KILLED: marked(
            "The system killed the process, as it does when the machine runs out of memory."
        ),
        Ending.WINDOWS_CODE: marked(
            "The process ended with Windows' code {code}, as it does when memory cannot be had."
        ),
        Ending.NOT_ALLOCATED: marked("The machine refused memory that the program asked for."),
        Ending.NOT_MAPPED: marked("Windows could not map the file: its memory did not suffice."),
        Ending.GUARDRAIL: marked(
            "{program} refused to load it: by its own estimate, memory would not suffice. Its "
            "guardrail can be changed in its settings."
        ),
    },
)
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
_ADVICE: Final[Mapping[LogChange, str]] = exhaustive(
    LogChange,
    {
        LogChange.CONTEXT: marked("Use a context of {to} tokens"),
        LogChange.CACHE_TYPE: marked("Keep the KV cache as {to}"),
        LogChange.FLASH_ATTN: marked("Turn flash attention on"),
        LogChange.PARALLEL: marked("Serve fewer requests at a time"),
        LogChange.UBATCH_SIZE: marked("Use a micro-batch of {to} tokens"),
        LogChange.N_CPU_MOE: marked("Keep the experts of {to} layers in host memory"),
        LogChange.N_GPU_LAYERS: marked("Put {to} layers on the GPU"),
        LogChange.WIRED_LIMIT: marked("Raise the GPU's share of the Mac's memory to {to} MiB"),
        LogChange.QUANTISATION: marked("Use a file with fewer bits a weight, such as {to}"),
        LogChange.PROJECTOR_ON_HOST: marked("Keep the projector in host memory"),
        LogChange.NO_DRAFT: marked("Run without the draft model"),
    },
)
_OPEN_ADVICE: Final[Mapping[LogChange, str]] = {
    LogChange.N_GPU_LAYERS: marked("Put fewer layers on the GPU"),
    LogChange.QUANTISATION: marked("Use a file with fewer bits a weight"),
}
"""Where the log does not tell how far to go."""
_EFFECTS: Final[Mapping[bool | None, str]] = {
    True: marked("frees {size}, which is enough"),
    False: marked("frees {size}, which is not enough by itself"),
    None: marked("frees {size}"),
}
"""By whether it is known to be enough."""
_PARTS: Final[Mapping[LogPart, str]] = exhaustive(
    LogPart,
    {
        LogPart.MODEL: marked("model"),
        LogPart.DRAFT: marked("draft model"),
        LogPart.MTP: marked("next-token heads"),
        LogPart.PROJECTOR: marked("projector"),
        LogPart.ADAPTER: marked("adapter"),
    },
)
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


def log_text(log: Log, against: Against | None = None, units: ByteUnits = ByteUnits.BINARY) -> str:
    """A log as lines for a terminal. Times, paths and the log's own text are not in it."""
    if not log.understood:
        engines = alternatives([engine.title for engine in ENGINES.values()])
        lines = [tr(_NO_ENGINE).format(engines=engines), *_log_places(log)]
        return "\n".join(map(one_line, lines)) + _not_understood(log)
    lines = [headline(log), *_reason_lines(log, against, units), ""]
    options = _options(log)
    if options:
        lines.append(tr("Options: {options}.").format(options=", ".join(options)))
    lines += map(_device_text, log.devices)
    lines += _fit_lines(log)
    if log.buffers:
        lines += [""] if lines[-1] else []
        lines += _table(log, against.comparisons if against else ())
    elif log.engine is not None:
        lines.append(tr("The log names no buffer that was allocated."))
    if advice := advice_lines(against.advice if against else advice_for(log), units):
        lines += ["", tr("What to change:"), *advice]
    if log.engine is None:
        lines += ["", tr(_ONLY_AROUND), *_log_places(log)]
    return "\n".join(map(one_line, lines)) + _not_understood(log)


def _log_places(log: Log) -> list[str]:
    """Which log of which program to paste: the one that is known to have run, else the usual."""
    apps = [PROGRAMS[log.wrapper]] if log.wrapper else WIDESPREAD
    return [tr(app.log_place) for app in apps]


def _program(log: Log) -> str:
    """The program around the engine; empty where the log does not tell."""
    return PROGRAMS[log.wrapper].title if log.wrapper else ""


def headline(log: Log) -> str:
    """Which engine it was, and how it ended."""
    wrapper = _program(log)
    if log.engine is None:
        program = f"{wrapper}. " if wrapper else ""
        return f"{program}{tr(_OUTCOMES[log.outcome])}"
    text = _ENGINES[bool(log.wrapper), bool(log.backend)]
    engine = tr(text).format(
        engine=f"{engine_named(log.engine).title} {log.version}".rstrip(),
        wrapper=wrapper,
        backend=_BACKEND_TITLES.get(log.backend) or tr(_CPU),
    )
    return f"{engine} {tr(_OUTCOMES[log.outcome])}"


def stranger_note(log: Log, against: Against) -> str:
    """That the log is not of the model that it was held against; empty if it may be."""
    match against.stranger:
        case None:
            return ""
        case Stranger.LAYERS:
            return ntr(
                "The log is of another model than {model}: of {count} layer with the output. "
                "It is not compared.",
                "The log is of another model than {model}: of {count} layers with the output. "
                "It is not compared.",
                log.options.n_layers or 0,
            ).format(model=against.model)
        case Stranger.WEIGHTS:
            return tr(
                "The log is of another model than {model}: it has more weights than that file. "
                "It is not compared."
            ).format(model=against.model)
        case _:
            assert_never(against.stranger)


def advice_lines(advice: Sequence[LogAdvice], units: ByteUnits = ByteUnits.BINARY) -> list[str]:
    """Changes as lines: what to do, in the program's words, and what it gives."""
    return [f"  {_advice_line(item, units)}" for item in advice]


def _advice_line(item: LogAdvice, units: ByteUnits) -> str:
    texts = _ADVICE if item.to is not None or item.change not in _OPEN_ADVICE else _OPEN_ADVICE
    to = format_tokens(item.to) if isinstance(item.to, int) else str(item.to)
    text = tr(texts[item.change]).format(to=to)
    if item.change is LogChange.PARALLEL and isinstance(item.to, int):
        text = ntr("Serve {count} request at a time", "Serve {count} requests at a time", item.to)
    if item.argument:
        text = f"{text}: {item.argument}"
    if item.frees_bytes:
        size = format_bytes(item.frees_bytes, units)
        text = f"{text} ({tr(_EFFECTS[item.fits]).format(size=size)})"
    # No full stop after what is copied into a terminal or a setting.
    return text if item.argument and not item.frees_bytes else f"{text}."


def _fit_lines(log: Log) -> list[str]:
    """What the engine changed by itself."""
    fit, lines = log.fit, []
    if fit is None or log.engine is None:
        return []
    flag = DIALECTS[log.engine].fit_flag
    if fit.context_from is not None and fit.context_to is not None:
        lines.append(
            tr("{flag} reduced the context from {before} to {after} tokens.").format(
                flag=flag,
                before=format_tokens(fit.context_from),
                after=format_tokens(fit.context_to),
            )
        )
    for device, layers, overflowing in fit.layers:
        lines.append(
            tr("{flag}: {layers} layers on {device}, {overflowing} of them in part.").format(
                flag=flag,
                layers=format_count(layers),
                device=device,
                overflowing=format_count(overflowing),
            )
        )
    if fit.set_by_user:
        text = tr("{flag} changed nothing: {option} is set.")
        lines.append(text.format(flag=flag, option=fit.set_by_user))
    elif fit.gave_up:
        lines.append(tr("{flag} found no placement that fits.").format(flag=flag))
    return lines


def failure_text(failure: Failure, units: ByteUnits = ByteUnits.BINARY) -> str:
    """The failing allocation in one sentence."""
    what = tr(_FAILED_KINDS[failure.kind])
    if failure.part is not LogPart.MODEL:
        what = tr("{what} of the {part}").format(what=what, part=tr(_PARTS[failure.part]))
    if failure.buffer:
        what = tr("{what} on {buffer}").format(what=what, buffer=failure.buffer)
    size = exact = ""
    if failure.bytes is not None:
        size, exact = format_bytes(failure.bytes, units), format_exact_bytes(failure.bytes)
    text = _FAILURES[failure.bytes is not None, bool(failure.tensor)]
    return tr(text).format(what=what, size=size, exact=exact, tensor=failure.tensor)


def _reason_lines(log: Log, against: Against | None, units: ByteUnits) -> list[str]:
    lines = []
    failed = log.failed
    if failed:
        lines.append(failure_text(failed, units))
        part, whole = failed.allocation_bytes, failed.bytes
        if part is not None and whole is not None and part < whole:
            size = format_bytes(part, units)
            lines.append(tr("Of it, one allocation of {size} failed.").format(size=size))
    if against and against.tensor:
        lines.append(
            tr("That is exactly the size of the tensor {name} ({type}).").format(
                name=against.tensor.name, type=against.tensor.type_name
            )
        )
    if log.ending:
        lines.append(tr(_ENDINGS[log.ending]).format(code=log.ending_code, program=_program(log)))
    elif log.cause is Cause.OTHER:
        lines += [] if log.not_understood else [tr(_CAUSES[log.cause])]
    elif log.cause:
        lines.append(tr(_CAUSES[log.cause]))
    if short := short_by_bytes(log):
        text = tr("It was {size} short.")
        lines.append(text.format(size=format_bytes(short, units)))
    if against and against.planned_failed_bytes is not None:
        planned = format_bytes(against.planned_failed_bytes, units)
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
            (
                component_title(item.kind, item.part),
                where,
                _two_decimals(item.logged_mib),
                planned,
                changed,
            )
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
