"""ggml's scheduler: which backend computes which node, and what is copied between backends.

Source: ``ggml_backend_sched_split_graph`` in ``ggml-backend.cpp`` of b11434.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from memplan.engines.llama_cpp.graph.allocator import PlacedGraph
from memplan.engines.llama_cpp.graph.backends.backend import Backend, Kept
from memplan.engines.llama_cpp.graph.flat import (
    COMPUTE_BUFFER,
    HOST_BUFFER,
    OVERWRITING_OPS,
    SCRATCH_OPS,
    VIEW_OPS,
    FlatGraph,
    Op,
)

PIPELINE_COPIES: Final = 4
"""``GGML_SCHED_MAX_COPIES``: copies of each input where several devices work as a pipeline."""

_MOST_SOURCES: Final = 10
"""``GGML_MAX_SRC``: what one dependency node can keep alive."""

_NOBODY: Final = -1


class UnsupportedGraphError(Exception):
    """A tensor lies in memory of a backend that cannot compute it: llama.cpp aborts."""

    def __init__(self, op: Op) -> None:
        super().__init__(op.name)
        self.op = op


@dataclass(frozen=True, slots=True)
class Split:
    """A run of nodes that one backend computes.

    Attributes:
        backend: the number of the backend.
        nodes: the nodes, in the order in which the backend computes them.
        inputs: tensors of other backends that are copied before the first node.
    """

    backend: int
    nodes: tuple[int, ...]
    inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SplitGraph:
    """What the scheduler makes of a graph.

    Attributes:
        graph: the graph with copies and dependencies as further tensors.
        splits: the runs, in order.
        placed: the same for the allocator; its buffers are numbers of ``buffer_owners``.
        buffer_owners: for each buffer the number of the backend that allocates it.
        copied_from: for each tensor that is a copy, what it copies.
    """

    graph: FlatGraph
    splits: tuple[Split, ...]
    placed: PlacedGraph
    buffer_owners: tuple[int, ...]
    copied_from: Mapping[int, int]


@dataclass(slots=True)
class _Run:
    backend: int
    start: int
    end: int = 0
    inputs: list[int] = field(default_factory=list)


class _Splitter:
    """The state of one split; ``split_graph`` is its only user."""

    def __init__(
        self, graph: FlatGraph, backends: Sequence[Backend], pins: Mapping[int, int], copies: int
    ) -> None:
        self.graph = graph
        self.backends = backends
        self.copies = copies
        self.host = len(backends) - 1
        self.ids = [_NOBODY] * len(graph.ops)
        for tensor, backend in pins.items():
            self.ids[tensor] = backend
        self.sources = list(graph.sources)
        self.real = [node for node in graph.nodes if graph.ops[node] not in VIEW_OPS]
        self.known: list[dict[int, bool]] = [{} for _ in backends]
        self.copies_of: dict[tuple[int, int], list[int]] = {}
        self.copied_from: dict[int, int] = {}
        self.runs: list[_Run] = []
        self.graph_inputs: list[int] = []
        self.readers = {
            buffer: [number for number, backend in enumerate(backends) if buffer in backend.reads]
            for buffer in {buffer for backend in backends for buffer in backend.reads}
        }

    def supports(self, backend: int, tensor: int) -> bool:
        """Whether the backend has the operation for these operands."""
        known = self.known[backend]
        answer = known.get(tensor)
        if answer is None:
            answer = known[tensor] = self.backends[backend].supports(self.graph, tensor)
        return answer

    def of_buffer(self, buffer: int, op: int) -> int:
        """The first backend that reads the buffer and has the operation."""
        for backend in self.readers.get(buffer, ()):
            if self.supports(backend, op):
                return backend
        return _NOBODY

    def of_current(self, tensor: int) -> int:
        """The backend that a tensor's own memory or its weights ask for."""
        graph = self.graph
        buffer = graph.buffers[graph.view_of[tensor]]
        if buffer != COMPUTE_BUFFER:
            backend = self.of_buffer(buffer, tensor)
            if backend == _NOBODY:
                raise UnsupportedGraphError(graph.ops[tensor])
            return backend
        if graph.is_input[tensor]:
            return self.host
        # Rotation factors and sinks are too small to decide where the work is done.
        if graph.ops[tensor] in (Op.ROPE, Op.FLASH_ATTN_EXT):
            return _NOBODY
        for source in graph.sources[tensor]:
            if graph.is_weight[source]:
                return self.of_weight(tensor, source)
        return _NOBODY

    def of_weight(self, tensor: int, weight: int) -> int:
        """The backend of a weight, or a device that takes the work over for a large batch."""
        buffer = self.graph.buffers[weight]
        backend = self.of_buffer(buffer, tensor)
        if backend == self.host and buffer == HOST_BUFFER:
            for device in range(backend):
                offloads = self.backends[device].offloads
                if offloads is None or not self.supports(device, tensor):
                    continue
                if offloads(self.graph, tensor):
                    return device
        return backend

    def assign_from_memory(self) -> None:
        """Pass 1: what lies somewhere already is computed there."""
        ids = self.ids
        for tensors in (self.graph.leafs, self.graph.nodes):
            for tensor in tensors:
                if ids[tensor] == _NOBODY:
                    ids[tensor] = self.of_current(tensor)

    def expand(self) -> None:
        """Pass 2: neighbours go where a node went, first with the devices, then with the host."""
        if all(self.ids[node] != _NOBODY for node in self.real):
            return
        for ignored in (self.host, None):
            for nodes in (self.real, self.real[::-1]):
                self._expand_along(nodes, ignored)

    def _expand_along(self, nodes: Sequence[int], ignored: int | None) -> None:
        ids = self.ids
        current = _NOBODY
        for node in nodes:
            backend = ids[node]
            if backend != _NOBODY:
                current = _NOBODY if backend == ignored else backend
            elif current != _NOBODY and self.supports(current, node):
                ids[node] = current

    def reads_tensor(self, backend: int, tensor: int) -> bool:
        """Whether a backend reads a tensor where it lies or will lie."""
        graph = self.graph
        base = graph.view_of[tensor]
        buffer = graph.buffers[base]
        if buffer == COMPUTE_BUFFER:
            owner = self.ids[tensor]
            if owner == _NOBODY:
                owner = self.ids[base]
            if owner == _NOBODY:
                return False
            buffer = self.backends[owner].buffer
        return buffer in self.backends[backend].reads

    def upgrade(self) -> None:
        """Pass 3: to a better backend with the same memory; what is left, to most operands."""
        ids, backends = self.ids, self.backends
        shared = [
            [other for other in range(number) if backends[other].buffer == backend.buffer]
            for number, backend in enumerate(backends)
        ]
        for node in self.real:
            backend = ids[node]
            if backend == _NOBODY:
                ids[node] = self._of_most_operands(node)
                continue
            for better in shared[backend]:
                if self.supports(better, node) and all(
                    self.reads_tensor(better, source) for source in self.sources[node]
                ):
                    ids[node] = better
                    break

    def _of_most_operands(self, node: int) -> int:
        best, most = _NOBODY, -1
        for backend in range(len(self.backends)):
            if self.supports(backend, node):
                count = sum(
                    (self.ids[source] != _NOBODY or self.ids[self.graph.view_of[source]] != _NOBODY)
                    and self.reads_tensor(backend, source)
                    for source in self.sources[node]
                )
                if count > most:
                    best, most = backend, count
        return best

    def assign_rest(self) -> None:
        """Pass 4: views follow what they show, operands their first reader."""
        ids, view_of = self.ids, self.graph.view_of
        for node in self.graph.nodes:
            if ids[node] == _NOBODY:
                ids[node] = ids[view_of[node]]
            for source in self.sources[node]:
                if ids[source] == _NOBODY:
                    base = view_of[source]
                    ids[source] = ids[base] if base != source else ids[node]
            if ids[node] == _NOBODY:
                ids[node] = next(
                    number for number in range(len(self.backends)) if self.supports(number, node)
                )

    def cut(self) -> None:
        """Pass 5: runs of one backend, and copies of what they read from elsewhere."""
        graph, ids = self.graph, self.ids
        run = _Run(ids[self.real[0]], 0)
        self.runs.append(run)
        for position, node in enumerate(graph.nodes):
            if graph.ops[node] in VIEW_OPS:
                continue
            backend = ids[node]
            if backend != run.backend or (run.inputs and self._needs_weight_copy(node, backend)):
                run.end = position
                run = _Run(backend, position)
                self.runs.append(run)
            self._copy_operands(node, run)
        run.end = len(graph.nodes)

    def _needs_weight_copy(self, node: int, backend: int) -> bool:
        # A new run lets the memory of the copied weights before be used again.
        return any(
            self.graph.is_weight[source]
            and self.ids[source] != backend
            and not self.reads_tensor(backend, source)
            for source in self.sources[node]
        )

    def _copy_operands(self, node: int, run: _Run) -> None:
        ids, backend = self.ids, run.backend
        for source in self.sources[node]:
            if ids[source] != backend and not self.reads_tensor(backend, source):
                break
        else:
            return
        replaced = []
        for source in self.sources[node]:
            if ids[source] != backend and not self.reads_tensor(backend, source):
                copies = self.copies_of.get((source, backend))
                if copies is None:
                    copies = self._new_copies(source, backend, self.copies)
                    self.copies_of[source, backend] = copies
                    run.inputs.append(source)
                replaced.append(copies[0])
            else:
                replaced.append(source)
        self.sources[node] = tuple(replaced)

    def _new_copies(self, tensor: int, backend: int, count: int) -> list[int]:
        copies = [self._new_tensor(tensor, backend) for _ in range(count)]
        for copy in copies:
            self.copied_from[copy] = tensor
            if self.copies > 1:
                self.graph.is_input[copy] = self.graph.is_output[copy] = 1
        return copies

    def _new_tensor(self, like: int, backend: int) -> int:
        graph = self.graph
        number = len(graph.ops)
        graph.ops.append(Op.NONE)
        for column in (graph.types, graph.shapes, graph.strides):
            column.append(column[like])  # type: ignore[arg-type]
        graph.sources.append(())
        self.sources.append(())
        graph.view_of.append(number)
        graph.view_offsets.append(0)
        for flags in (graph.is_input, graph.is_output, graph.is_weight):
            flags.append(0)
        graph.buffers.append(COMPUTE_BUFFER)
        graph.details.append(0)
        self.ids.append(backend)
        return number

    def copy_inputs(self, *, unread: bool) -> None:
        """Pass 6: inputs of the whole graph are copied, too, where there is a pipeline."""
        graph = self.graph
        if self.copies == 1:
            return
        for leaf in graph.leafs if unread else self._read():
            if graph.is_input[leaf] and leaf not in self.copied_from:
                key = leaf, self.ids[leaf]
                if key not in self.copies_of:
                    graph.is_output[leaf] = 1
                    self.copies_of[key] = [leaf, *self._new_copies(leaf, key[1], self.copies - 1)]
                self.graph_inputs.append(leaf)

    def _read(self) -> Sequence[int]:
        """What the nodes read, in the order in which they first do."""
        sources = self.graph.sources
        return tuple(dict.fromkeys(source for node in self.real for source in sources[node]))


def _own_graph(graph: FlatGraph) -> FlatGraph:
    """A graph to which copies may be added without changing the given one."""
    return FlatGraph(
        ops=list(graph.ops),
        types=list(graph.types),
        shapes=list(graph.shapes),
        strides=list(graph.strides),
        sources=list(graph.sources),
        view_of=list(graph.view_of),
        view_offsets=list(graph.view_offsets),
        is_input=bytearray(graph.is_input),
        is_output=bytearray(graph.is_output),
        is_weight=bytearray(graph.is_weight),
        buffers=list(graph.buffers),
        uses=graph.uses,
        details=list(graph.details),
        nodes=graph.nodes,
        leafs=graph.leafs,
    )


def split_graph(
    graph: FlatGraph,
    backends: Sequence[Backend],
    pins: Mapping[int, int] | None = None,
    copies: int = 1,
    *,
    copies_unread: bool = True,
) -> SplitGraph:
    """Give each node of a graph to a backend, and lay out what the allocator will walk.

    Args:
        graph: the graph as llama.cpp builds it.
        backends: the best first, the processor last.
        pins: nodes that llama.cpp itself gives to a backend. A dry run (``--fit``, the memory
            breakdown) loses them: give none for what it reports.
        copies: 1, or ``PIPELINE_COPIES``.
        copies_unread: whether inputs that no node reads are copied, too; up to v0.5.0 they are
            not.

    Raises:
        UnsupportedGraphError: if something in a backend's memory needs an operation that the
            backend lacks.
    """
    splitter = _Splitter(_own_graph(graph), backends, pins or {}, copies)
    splitter.assign_from_memory()
    splitter.expand()
    splitter.upgrade()
    splitter.assign_rest()
    splitter.cut()
    splitter.copy_inputs(unread=copies_unread)
    return _Layout(splitter).split_graph()


class _Layout:
    """Puts runs, copies and dependencies in the order in which the allocator walks them."""

    def __init__(self, splitter: _Splitter) -> None:
        self.splitter = splitter
        owners: list[int] = []
        self.buffer_of: list[int] = []
        for number, backend in enumerate(splitter.backends):
            same = [owner for owner in owners if splitter.backends[owner].buffer == backend.buffer]
            if not same:
                owners.append(number)
            self.buffer_of.append(owners.index(same[0] if same else number))
        # The processor's backend decides how large what shares its memory gets.
        self.owners = tuple(
            max(n for n in range(len(splitter.backends)) if self.buffer_of[n] == index)
            for index in range(len(owners))
        )
        self.nodes: list[int] = []
        self.buffers: list[int] = []
        self.dependencies: set[int] = set()

    def split_graph(self) -> SplitGraph:
        """The finished split."""
        splitter = self.splitter
        graph = splitter.graph
        graph.sources = splitter.sources
        splits = []
        for run in splitter.runs:
            order = graph.nodes[run.start : run.end]
            kept: Kept = {}
            arrange = splitter.backends[run.backend].arrange
            if arrange is not None:
                order, kept = arrange(graph, order)
            splits.append(Split(run.backend, tuple(order), tuple(run.inputs)))
            self._add(run, order, kept)
        return SplitGraph(
            graph=graph,
            splits=tuple(splits),
            placed=self._placed(),
            buffer_owners=self.owners,
            copied_from=splitter.copied_from,
        )

    def _add(self, run: _Run, order: Sequence[int], kept: Kept) -> None:
        splitter, ids = self.splitter, self.splitter.ids
        for source in run.inputs:
            self._keep(source, (source,), ids[source])
            self.nodes.append(splitter.copies_of[source, run.backend][0])
            self.buffers.append(self.buffer_of[run.backend])
        for node in order:
            self.nodes.append(node)
            self.buffers.append(self.buffer_of[ids[node]])
            alive = kept.get(node)
            if alive:
                for start in range(0, len(alive), _MOST_SOURCES):
                    part = tuple(alive[start : start + _MOST_SOURCES])
                    self._keep(part[0], part, run.backend)

    def _keep(self, shown: int, alive: tuple[int, ...], backend: int) -> None:
        """A node that computes nothing and keeps its sources alive until it is reached."""
        splitter = self.splitter
        number = splitter._new_tensor(shown, backend)
        splitter.graph.view_of[number] = splitter.graph.view_of[shown]
        splitter.sources[number] = alive
        self.dependencies.add(number)
        self.nodes.append(number)
        self.buffers.append(self.buffer_of[backend])

    def _placed(self) -> PlacedGraph:
        splitter = self.splitter
        graph, ids = splitter.graph, splitter.ids
        leafs = []
        if splitter.copies > 1:
            for leaf in splitter.graph_inputs:
                leafs += splitter.copies_of[leaf, ids[leaf]]
            for run in splitter.runs:
                for source in run.inputs:
                    leafs += splitter.copies_of[source, run.backend]
        leafs += graph.leafs
        count = len(graph.ops)
        dependencies = bytearray(count)
        for number in self.dependencies:
            dependencies[number] = 1
        return PlacedGraph(
            nodes=self.nodes,
            node_buffers=self.buffers,
            leafs=leafs,
            leaf_buffers=[self.buffer_of[ids[leaf]] for leaf in leafs],
            sources=graph.sources,
            view_of=graph.view_of,
            is_dependency=dependencies,
            is_placed=bytearray(graph.buffers[base] != COMPUTE_BUFFER for base in graph.view_of),
            is_input=graph.is_input,
            is_output=graph.is_output,
            may_overwrite=bytearray(op in OVERWRITING_OPS for op in graph.ops),
            layouts=list(zip(graph.types, graph.shapes, graph.strides, strict=True)),
            may_have_scratch=bytearray(op in SCRATCH_OPS for op in graph.ops),
        )
