"""Every architecture's graph is llama.cpp's own, node by node.

The data hold, for a header and settings, how many nodes the graph of llama.cpp b11434 has on a
processor and a digest of their operations and shapes in order. The headers are those of models,
and small ones of each architecture that llama.cpp's own tests make. Scales of weights are left
out: the small headers have one for every weight.
"""

from __future__ import annotations

import gzip
import json
import tarfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from memplan import Model
from memplan.engines.llama_cpp.architectures import ARCHITECTURES, Role
from memplan.engines.llama_cpp.graph.architectures import next_token, table
from memplan.engines.llama_cpp.graph.batch import batch_of
from memplan.engines.llama_cpp.graph.model_graph import ModelGraph
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions
from memplan.engines.llama_cpp.parts import next_tokens
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.engines.llama_cpp.settings import resolve_settings
from memplan.model import read_model

DATA = Path(__file__).parents[3] / "data"
SMALL_HEADERS = DATA / "llama_cpp_architectures.tar.xz"

CONTEXTS = {"plain": 4096, "streams": 8192, "quantised": 4096, "next_token": 4096}
OPTIONS = {
    "plain": LlamaCppOptions(parallel=1, flash_attn=True),
    "streams": LlamaCppOptions(parallel=2, kv_unified=False, flash_attn=False, ubatch_size=256),
    "quantised": LlamaCppOptions(
        parallel=4, kv_unified=True, flash_attn=True, cache_type_k=CacheType.Q8_0,
        cache_type_v=CacheType.Q8_0,
    ),
    "next_token": LlamaCppOptions(parallel=1, flash_attn=True),
}  # fmt: skip

Digests = dict[str, dict[str, list[int | str]]]


class _OneMemory:
    """Everything is in one memory."""

    def weight(self, name: str, layer: int) -> int:
        return 0

    def cache(self, layer: int) -> int:
        return 0


def _digests(of: str) -> Digests:
    with gzip.open(DATA / "llama_cpp_node_digests.json.gz", "rt") as file:
        found: dict[str, Digests] = json.load(file)
    return found[of]


@pytest.fixture(scope="session")
def small_headers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("headers")
    with tarfile.open(SMALL_HEADERS) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _nodes(model: Model, setting: str) -> list[int | str]:
    shape = resolve_shape(model)
    options = OPTIONS[setting]
    settings = resolve_settings(options, shape)
    outputs = options.ubatch_size or 512
    batch = batch_of(shape, settings, CONTEXTS[setting], outputs)
    batch = replace(batch, next_token=setting == "next_token")
    tensors = {tensor.name: tensor for tensor in model.tensors}
    tensors = {name: found for name, found in tensors.items() if not name.endswith(".scale")}
    graph = ModelGraph(shape, tensors, batch, _OneMemory())
    table.build(graph)
    lines = [
        " ".join([graph.ops[node].name, *map(str, graph.shapes[node])]) for node in graph.nodes
    ]
    return [len(lines), sha256("\n".join(lines).encode()).hexdigest()[:16]]


@pytest.mark.parametrize("name", sorted(_digests("models")))
def test_that_the_graph_of_a_model_is_llama_cpps(name: str) -> None:
    expected = _digests("models")[name]
    model = read_model(DATA / "models" / name)
    assert {setting: _nodes(model, setting) for setting in expected} == expected


@pytest.mark.parametrize("name", sorted(_digests("small")))
def test_that_the_graph_of_an_architecture_is_llama_cpps(name: str, small_headers: Path) -> None:
    expected = _digests("small")[name]
    model = read_model(small_headers / name)
    assert {setting: _nodes(model, setting) for setting in expected} == expected


def test_that_every_architecture_is_built_or_known_to_be_estimated() -> None:
    models = {name for name, found in ARCHITECTURES.items() if found.role is Role.MODEL}
    built = set(table.BUILDERS) | set(table.STYLES)
    assert built | table.ESTIMATED == models
    assert not built & table.ESTIMATED
    assert not set(table.BUILDERS) & set(table.STYLES)


def test_that_next_token_layers_are_built_where_llama_cpp_runs_them() -> None:
    assert set(next_token.BUILDERS) <= next_tokens.ARCHITECTURES
