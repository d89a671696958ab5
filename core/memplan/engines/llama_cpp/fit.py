"""llama.cpp's own search for a start that fits (``--fit``), step by step, in the same integers.

It shortens the context first, then moves layers to the host, from the first on; the experts of a
mixture it then brings back, from the first layers on, and a part of one more layer. Every step asks
for the memory of a start that is not made; here a function answers instead.

Source: llama.cpp b11434, ``common/fit.cpp``, ``common_params_fit_impl``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final, NamedTuple

from memplan.engines.llama_cpp.cells import CELL_MULTIPLE
from memplan.engines.llama_cpp.devices import Layout
from memplan.engines.llama_cpp.overrides import (
    EXPERTS_OF_LAYERS,
    MovedPart,
    TensorOverride,
    moved_part,
)
from memplan.engines.llama_cpp.placement import HOST
from memplan.unsigned import U32_MAX

_U32: Final = U32_MAX + 1
_S32_MAX: Final = U32_MAX // 2
_MAX_LAYER: Final = 1000
"""llama.cpp has patterns for the layers below this number."""

_MAX_TRIALS: Final = 1000
"""A search is over by then, or its counts have fallen below zero and it would go on for hours."""


class Measured(NamedTuple):
    """What a start would take.

    Attributes:
        devices: bytes on each device.
        device_weights: bytes of the weights on each device.
        device_states: bytes of the recurrent states on each device. llama.cpp allocates these even
            where it only measures, so that a device then has so much less free.
        host: bytes on the host.
    """

    devices: tuple[int, ...]
    device_weights: tuple[int, ...]
    device_states: tuple[int, ...]
    host: int


Measure = Callable[[int, Layout], Measured]
"""What a start with this context and this layout would take."""


class Held(Enum):
    """An option that is set, so that automatic fitting leaves the layers alone."""

    GPU_LAYERS = auto()
    TENSOR_SPLIT = auto()
    OVERRIDES = auto()
    NO_DEVICE = auto()
    """There is no device to move layers between: only the context could be shortened."""


class Change(Enum):
    """What automatic fitting does."""

    NOTHING = auto()
    CONTEXT = auto()
    """It shortens the context, and everything is on the devices."""
    LAYERS = auto()
    """It places layers or experts; the context may be shorter, too."""
    GIVEN_UP = auto()
    """It may have shortened the context, which is not enough, and may do nothing more."""
    FAILED = auto()
    """Its count of layers fell below zero; the model is loaded with what it had written by then."""


class _CountFailedError(Exception):
    """The search's unsigned counts have fallen below zero.

    This happens where an early device takes all layers, the output layer too, and at least two more
    devices follow. llama.cpp notices as it asks for a layer that it has no pattern for.
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self.layout = layout


@dataclass(frozen=True, slots=True)
class FitTask:
    """What automatic fitting is given.

    Attributes:
        free_bytes: what each device has free.
        target_bytes: what is to stay free on each device.
        host_bytes: all memory of the host; it counts where there is no device.
        context_tokens: the context that is asked for; ``None``: none is.
        floor_tokens: the shortest context of a sequence; ``None``: the context is not shortened.
        trained_tokens: the context that the model was trained for.
        streams: sequences that have a cache of their own.
        layer_count: layers that the search counts, the output layer left out.
        has_experts: whether the model is a mixture of experts.
        layout: the layout that is asked for.
        held: the option that keeps layers where they are; ``None``: none does.
        shortens_for_one: whether the context is shortened as soon as one device is short, even
            where all together have enough. v0.5.0 does it, and may then even lengthen the context.
    """

    free_bytes: tuple[int, ...]
    target_bytes: tuple[int, ...]
    host_bytes: int
    context_tokens: int | None
    floor_tokens: int | None
    trained_tokens: int
    streams: int
    layer_count: int
    has_experts: bool
    layout: Layout
    held: Held | None = None
    shortens_for_one: bool = False


@dataclass(frozen=True, slots=True)
class Fitted:
    """What automatic fitting arrives at.

    Attributes:
        change: what it does.
        context_tokens: the context that is then started with.
        layout: the layout that is then started with.
        held: the option that made it give up; ``None``: it did not.
    """

    change: Change
    context_tokens: int
    layout: Layout
    held: Held | None = None


def fit(task: FitTask, measure: Measure) -> Fitted:
    """What ``--fit`` makes of a task."""
    longest = min(task.trained_tokens * task.streams, U32_MAX)
    context = task.context_tokens if task.context_tokens is not None else longest
    whole = measure(context, task.layout)
    # What is free is asked for while the first measurement still holds its states.
    free_bytes = _less(task.free_bytes, whole.device_states)
    search = _Search(replace(task, free_bytes=free_bytes), measure, longest, whole)
    if search.fits():
        return Fitted(Change.NOTHING, context, task.layout)
    short = search.surplus() < 0 or task.shortens_for_one
    if short and task.context_tokens is None:
        context, enough = search.shortened()
        if enough:
            return Fitted(Change.CONTEXT, context, task.layout)
    if task.held is not None:
        return Fitted(Change.GIVEN_UP, context, task.layout, task.held)
    try:
        limits = _less(free_bytes, task.target_bytes)
        layout = _LayerSearch(task, limits, lambda layout: measure(context, layout)).placed()
    except _CountFailedError as failed:
        return Fitted(Change.FAILED, context, failed.layout)
    return Fitted(Change.LAYERS, context, layout)


class _Search:
    """The first two steps: whether anything must change, and whether the context can."""

    def __init__(self, task: FitTask, measure: Measure, longest: int, whole: Measured) -> None:
        self.task = task
        self.measure = measure
        self.longest = longest
        self.whole = whole
        floor = U32_MAX if task.floor_tokens is None else task.floor_tokens * task.streams
        self.floor = min(floor, U32_MAX)

    def fits(self) -> bool:
        """Whether every device keeps free what it is to keep; without one, the host."""
        task = self.task
        if not task.free_bytes:
            return self.surplus() >= 0
        spare = zip(task.free_bytes, self.whole.devices, task.target_bytes, strict=True)
        return all(free - used >= target for free, used, target in spare)

    def surplus(self) -> int:
        """Bytes that all devices together have beside what is to stay free."""
        return self._available() - self._used(self.whole)

    def _available(self) -> int:
        task = self.task
        if not task.free_bytes:
            return task.host_bytes - task.target_bytes[0]
        return sum(task.free_bytes) - sum(task.target_bytes)

    def _used(self, measured: Measured) -> int:
        return sum(measured.devices) if self.task.free_bytes else measured.host

    def shortened(self) -> tuple[int, bool]:
        """A shorter context, and whether that is all that is needed.

        A straight line between the bytes at the floor and at the longest context tells how much
        fits. On one device that is not looked at again, even where the bytes are no line.
        """
        task = self.task
        if self.longest <= self.floor:
            return self.longest, False
        wanted = self._available()
        if len(task.free_bytes) > 1:
            wanted -= self._waste()
        most = self._used(self.whole)
        least = self._used(self.measure(self.floor, task.layout))
        if wanted <= least:
            return self.floor, False
        context = self.floor + (self.longest - self.floor) * (wanted - least) // (most - least)
        context = max(context - context % (CELL_MULTIPLE * task.streams), self.floor)
        return context, len(task.free_bytes) <= 1

    def _waste(self) -> int:
        """What several devices are expected to leave unused: parts of layers do not fit."""
        task = self.task
        wanted = task.layout.gpu_layers
        layers = task.layer_count if wanted is None else min(wanted, task.layer_count)
        per_layer = sum(self.whole.device_weights) // max(layers, 1)
        return (len(task.free_bytes) + 1) * per_layer // (6 if task.has_experts else 2)


@dataclass(frozen=True, slots=True)
class _Share:
    """A device's layers, as the search counts them, in unsigned 32-bit integers.

    Attributes:
        layers: all of its layers; the output layer is the last device's last.
        parts: the last of them, of which only a part is on the device.
        moved: what is elsewhere of the first of these; of the others, the experts are.
    """

    layers: int = 0
    parts: int = 0
    moved: MovedPart = MovedPart.EXPERTS

    @property
    def full(self) -> int:
        """Layers that are on the device as a whole."""
        return (self.layers - self.parts) % _U32

    def with_more(self, layers: int, parts: int) -> _Share:
        """The same with more layers, or fewer."""
        return replace(
            self, layers=(self.layers + layers) % _U32, parts=(self.parts + parts) % _U32
        )


class _Trial(NamedTuple):
    """An assignment of layers that has been measured.

    Attributes:
        shares: each device's layers.
        spill: where the first layer in part of each device has the rest of its tensors.
        first_dense: the first device with layers without their experts.
        used: bytes on each device.
    """

    shares: tuple[_Share, ...]
    spill: tuple[int, ...]
    first_dense: int
    used: tuple[int, ...]


class _LayerSearch:
    """The last two steps: how many layers each device gets, and which of them in part."""

    def __init__(
        self, task: FitTask, limits: tuple[int, ...], measure: Callable[[Layout], Measured]
    ) -> None:
        self.task = task
        self.limits = limits
        self.measure = measure
        self.count = len(task.free_bytes)
        self.last = self.count - 1
        self.written: tuple[TensorOverride, ...] = ()
        self.trials = 0

    def placed(self) -> Layout:
        """The layout at the end of the search."""
        trial = self._trial((_Share(),) * self.count, (HOST,) * self.count, self.count)
        for device in reversed(range(self.count)):
            trial = self._filled(trial, device)
        if self.task.has_experts and self._dense_parts_fit():
            trial = self._with_experts(trial)
        return self._layout(trial.shares, trial.spill)

    def _trial(
        self, shares: tuple[_Share, ...], spill: tuple[int, ...], first_dense: int
    ) -> _Trial:
        layout = self._layout(shares, spill)
        self.trials += 1
        if self.trials > _MAX_TRIALS:
            raise _CountFailedError(replace(layout, gpu_layers=None))
        measured = self.measure(layout)
        return _Trial(shares, spill, first_dense, measured.devices)

    def _layout(self, shares: tuple[_Share, ...], spill: tuple[int, ...]) -> Layout:
        gpu_layers = sum(share.layers for share in shares) % _U32
        layer = (self.task.layer_count + 1 - gpu_layers) % _U32
        split = tuple(float(share.layers) for share in shares)
        layout = replace(
            self.task.layout,
            # A negative number of layers means all of them.
            gpu_layers=gpu_layers if gpu_layers <= _S32_MAX else None,
            tensor_split=split if self.count > 1 else self.task.layout.tensor_split,
        )
        overrides: list[TensorOverride] = []
        for share, memory in zip(shares, spill, strict=True):
            layer = (layer + share.full) % _U32
            for index in range(layer, (layer + share.parts) % _U32):
                if index >= _MAX_LAYER:
                    # Neither the number of layers nor the end of the list is written any more.
                    written = (*overrides, *self.written[len(overrides) :])
                    raise _CountFailedError(replace(layout, gpu_layers=None, overrides=written))
                first = index == layer
                part = share.moved if first else MovedPart.EXPERTS
                overrides.append(moved_part(index, part, memory if first else HOST))
            layer = (layer + share.parts) % _U32
        self.written = tuple(overrides)
        return replace(layout, overrides=self.written)

    def _dense_parts_fit(self) -> bool:
        """Whether all devices together have room for everything but the experts."""
        everywhere = TensorOverride(EXPERTS_OF_LAYERS, HOST)
        measured = self.measure(replace(self.task.layout, overrides=(everywhere,)))
        free = sum(self.task.free_bytes) - sum(measured.device_states)
        return free - sum(measured.devices) - sum(self.task.target_bytes) > 0

    def _filled(self, low: _Trial, device: int) -> _Trial:
        """As many of the layers left as a device takes, without their experts."""
        left = self.task.layer_count + 1
        left -= sum(share.layers for share in low.shares[device + 1 :])
        parts = (left if device < self.last else left - 1) if self.task.has_experts else 0
        if left <= 0:
            return low
        shares = _changed(low.shares, device, replace(low.shares[device], layers=left, parts=parts))
        high = self._trial(shares, low.spill, low.first_dense)
        if high.used[device] <= self.limits[device]:
            return high
        while (delta := high.shares[device].layers - low.shares[device].layers) > 1:
            step = self._step(low, high, device, delta)
            share = low.shares[device]
            parts = step if self.task.has_experts else 0
            if parts and device == self.last and share.parts == 0:
                parts -= 1  # the output layer is never there in part
            trial = self._trial(
                _changed(low.shares, device, share.with_more(step, parts)),
                low.spill,
                low.first_dense,
            )
            if trial.used[device] <= self.limits[device]:
                low = trial
            else:
                high = trial
        return low

    def _step(self, low: _Trial, high: _Trial, device: int, delta: int) -> int:
        """Layers to go on from the lower bound, by false position."""
        needed = high.used[device] - low.used[device]
        spare = _signed(delta * (self.limits[device] - low.used[device]))
        # Division cuts towards 0, and what is negative becomes a huge unsigned number.
        step = abs(spare) // abs(needed) if needed else U32_MAX
        step = (step if (spare < 0) is (needed < 0) else -step) % _U32
        return min(max(step, 1), delta - 1)

    def _with_experts(self, trial: _Trial) -> _Trial:
        """Layers from the first on become whole ones, device after device."""
        first_dense = self.count
        while first_dense > 0 and trial.shares[first_dense - 1].layers > 0:
            first_dense -= 1
        trial = trial._replace(first_dense=first_dense)
        device = 0
        while device <= trial.first_dense < self.count:
            trial = self._with_part(self._completed(trial, device), device)
            device += 1
        return trial

    def _completed(self, low: _Trial, device: int) -> _Trial:
        """As many whole layers as a device takes; later devices give them."""
        high = self._all_whole(low, device)
        if high.used[device] <= self.limits[device]:
            return high
        while (delta := (high.shares[device].full - low.shares[device].full) % _U32) > 1:
            trial = self._some_whole(low, device, self._step(low, high, device, delta))
            if trial.used[device] <= self.limits[device]:
                low = trial
            else:
                high = trial
        return low

    def _all_whole(self, low: _Trial, device: int) -> _Trial:
        shares = low.shares
        for giving in range(low.first_dense, self.count):
            count = (shares[giving].layers - (giving == self.last)) % _U32
            shares = _changed(shares, device, shares[device].with_more(count, 0))
            shares = _changed(shares, giving, replace(shares[giving].with_more(-count, 0), parts=0))
        return self._trial(shares, low.spill, self.last)

    def _some_whole(self, low: _Trial, device: int, step: int) -> _Trial:
        shares, giving, converted = low.shares, low.first_dense, 0
        while giving < self.count:
            count = min(step - converted, shares[giving].parts)
            shares = _changed(shares, giving, shares[giving].with_more(-count, -count))
            shares = _changed(shares, device, shares[device].with_more(count, 0))
            converted += count
            if shares[giving].parts > 0:
                break
            giving += 1
        return self._trial(shares, low.spill, giving)

    def _with_part(self, trial: _Trial, device: int) -> _Trial:
        """One more layer in part, if any part fits: attention, more, or less than that."""
        giving = trial.first_dense
        if giving >= self.count or trial.shares[giving].layers <= (device == self.last):
            return trial
        shares = _changed(trial.shares, giving, trial.shares[giving].with_more(-1, -1))
        shares = _changed(shares, device, shares[device].with_more(1, 1))
        if shares[giving].parts == 0:
            giving += 1
        spill = trial.spill
        if device < self.last:
            spill = (*spill[:device], device + 1, *spill[device + 1 :])

        def tried(moved: MovedPart, spill: tuple[int, ...]) -> _Trial | None:
            share = replace(shares[device], moved=moved)
            found = self._trial(_changed(shares, device, share), spill, giving)
            near = range(device, min(device + 2, self.count))
            fits = all(found.used[number] < self.limits[number] for number in near)
            return found if fits else None

        with_up = tried(MovedPart.ALL_BUT_UP, spill)
        if with_up is None:
            return tried(MovedPart.FEED_FORWARD, spill) or trial
        return tried(MovedPart.DOWN, spill) or with_up


def _changed(shares: Sequence[_Share], device: int, share: _Share) -> tuple[_Share, ...]:
    return (*shares[:device], share, *shares[device + 1 :])


def _less(numbers: tuple[int, ...], others: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(number - other for number, other in zip(numbers, others, strict=True))


def _signed(value: int) -> int:
    """What is left of a number in a signed 64-bit integer."""
    return (value + 2**63) % 2**64 - 2**63
