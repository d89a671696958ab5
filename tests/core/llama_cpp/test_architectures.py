"""The table of architectures, one rule at a time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from llama_cpp_rows import context_bytes, made_up_model, model_of
from memplan import Backend, EngineName, Model, Request
from memplan.engines.llama_cpp.architectures import ARCHITECTURES
from memplan.engines.llama_cpp.options import CacheType, LlamaCppOptions, Program
from memplan.engines.llama_cpp.resolving import resolve_shape
from memplan.estimate import UnsupportedRequestError
from memplan.model import NoticeKind
from memplan.planning.planner import Plan, plan

CONTEXT = 16_384
ROW = 2 * (4 * 64)  # bytes of a K or V row of four F16 heads of 64 elements
LAYER = CONTEXT * 2 * ROW


def planned(model: Model, context: int = CONTEXT, **options: object) -> Plan:
    options.setdefault("program", Program.LLAMA_CLI)
    request = Request(
        engine=EngineName.LLAMA_CPP,
        backend=Backend.VULKAN,
        context_tokens=context,
        llama_cpp=LlamaCppOptions(**options),  # type: ignore[arg-type]
    )
    return plan(model, request)


def cache_bytes(architecture: str, values: dict[str, int | Sequence[int]] | None = None) -> int:
    return context_bytes(planned(made_up_model(architecture, values or {})))


def window_layer(window_tokens: int) -> int:
    cells = -(-(window_tokens + 512) // 256) * 256
    return min(cells, CONTEXT) * 2 * ROW


def test_that_the_table_has_every_name_of_the_version() -> None:
    assert len(ARCHITECTURES) == 154


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_that_every_architecture_is_planned_at_any_context(name: str) -> None:
    model = made_up_model(name, {"attention.head_count_kv": 2}) if name != "clip" else None
    if model is not None:
        at = planned(model, 300).at
        assert at.device_bytes >= 0
        assert at.context_tokens == 300


def test_that_a_layer_caches_a_row_of_k_and_of_v_for_every_cell() -> None:
    assert cache_bytes("llama") == 8 * LAYER


def test_that_kv_heads_default_to_query_heads_and_may_differ_by_layer() -> None:
    heads = [4, 0, 2, 1, 4, 0, 0, 0]
    assert cache_bytes("deci", {"attention.head_count_kv": heads}) == 11 * LAYER // 4


def test_that_an_unknown_architecture_is_planned_as_full_attention_with_a_notice() -> None:
    model = made_up_model("some-new-one", {"attention.sliding_window": 512})
    found = planned(model)
    assert context_bytes(found) == 8 * LAYER
    assert (NoticeKind.ARCHITECTURE_NOT_KNOWN, "some-new-one") in [
        (notice.kind, notice.detail) for notice in found.notices
    ]


@pytest.mark.parametrize("name", ["bert", "nomic-bert", "gemma-embedding", "dream", "llada"])
def test_that_encoders_and_diffusion_models_cache_nothing(name: str) -> None:
    assert cache_bytes(name, {"attention.sliding_window": 512}) == 0


@pytest.mark.parametrize("name", ["t5encoder", "llama-embed", "qwen3"])
def test_that_some_embedding_models_cache_all_the_same(name: str) -> None:
    assert cache_bytes(name) == 8 * LAYER


@pytest.mark.parametrize(
    ("name", "full_layers"),
    [
        ("gemma2", [1, 3, 5, 7]),
        ("gpt-oss", [1, 3, 5, 7]),
        ("gemma3", [5]),
        ("cohere2", [3, 7]),
        ("cohere2moe", [0, 4]),
        ("laguna", [0, 4]),
        ("plamo3", [7]),
    ],
)
def test_that_a_period_says_which_layers_see_everything(name: str, full_layers: list[int]) -> None:
    shape = resolve_shape(made_up_model(name, {"attention.sliding_window": 1000}))
    assert [layer.index for layer in shape.layers if not layer.windowed] == full_layers
    expected = len(full_layers) * LAYER + (8 - len(full_layers)) * window_layer(1000)
    assert cache_bytes(name, {"attention.sliding_window": 1000}) == expected


def test_that_an_array_wins_over_the_period_and_layers_beyond_its_end_are_full() -> None:
    values = {"attention.sliding_window": 1000, "attention.sliding_window_pattern": [0, 1, 1]}
    assert cache_bytes("gemma3", values) == 6 * LAYER + 2 * window_layer(1000)


@pytest.mark.parametrize(("period", "windowed"), [(0, 8), (1, 0), (2, 4)])
def test_that_a_number_in_the_file_is_the_period(period: int, windowed: int) -> None:
    values = {"attention.sliding_window": 1000, "attention.sliding_window_pattern": period}
    expected = (8 - windowed) * LAYER + windowed * window_layer(1000)
    assert cache_bytes("gemma3", values) == expected


@pytest.mark.parametrize("name", ["phi3", "qwen2", "llama", "lfm2moe"])
def test_that_a_window_that_the_loader_ignores_changes_nothing(name: str) -> None:
    assert cache_bytes(name, {"attention.sliding_window": 1000}) == 8 * LAYER


def test_that_lfm2_windows_every_attending_layer() -> None:
    assert cache_bytes("lfm2", {"attention.sliding_window": 1000}) == 8 * window_layer(1000)


@pytest.mark.parametrize(
    ("name", "stated", "window_tokens"),
    [
        ("llama4", 100, 8192),
        ("llama4", None, 8192),
        ("smallthinker", 100, 4096),
        ("gemma2", None, 4096),
        ("exaone-moe", None, 128),
    ],
)
def test_that_constants_of_the_loader_win_over_the_file(
    name: str, stated: int | None, window_tokens: int
) -> None:
    values = {} if stated is None else {"attention.sliding_window": stated}
    full_layers = 4 if name == "gemma2" else 2
    expected = full_layers * LAYER + (8 - full_layers) * window_layer(window_tokens)
    assert cache_bytes(name, values) == expected


@pytest.mark.parametrize("name", ["llama4", "smallthinker", "olmo2", "afmoe"])
def test_that_a_window_of_zero_is_none(name: str) -> None:
    assert cache_bytes(name, {"attention.sliding_window": 0}) == 8 * LAYER


def test_that_exaone4_has_windows_with_64_layers_only() -> None:
    window = {"attention.sliding_window": 1000}
    assert cache_bytes("exaone4", {"block_count": 63, **window}) == 63 * LAYER
    expected = 16 * LAYER + 48 * window_layer(1000)
    assert cache_bytes("exaone4", {"block_count": 64, **window}) == expected


def test_that_gemma3n_caches_twenty_layers_whatever_the_file_says() -> None:
    values = {"block_count": 35, "attention.shared_kv_layers": 3}
    assert cache_bytes("gemma3n", values) == 20 * LAYER


def test_that_gemma4_shares_the_caches_of_its_last_layers() -> None:
    assert cache_bytes("gemma4", {"attention.shared_kv_layers": 3}) == 5 * LAYER


def test_that_window_layers_may_have_widths_of_their_own() -> None:
    values = {
        "attention.sliding_window": 1000,
        "attention.sliding_window_pattern": [1, 1, 1, 1, 1, 1, 1, 0],
        "attention.key_length_swa": 32,
        "attention.value_length_swa": 32,
    }
    assert cache_bytes("gemma4", values) == LAYER + 7 * window_layer(1000) // 2


def test_that_next_token_layers_cache_nothing() -> None:
    assert cache_bytes("glm4moe", {"nextn_predict_layers": 1}) == 7 * LAYER


def test_that_latent_attention_caches_one_row_of_keys() -> None:
    mla = {"attention.key_length_mla": 192, "attention.value_length_mla": 128}
    values = {"attention.key_length": 576, "attention.head_count_kv": 1}
    assert cache_bytes("deepseek2", {**values, **mla}) == 8 * CONTEXT * 576 * 2
    without = cache_bytes("deepseek2", {**values, "attention.value_length": 512})
    assert without == 8 * CONTEXT * (576 + 512) * 2


MLA = {
    "attention.key_length": 576,
    "attention.head_count_kv": 1,
    "attention.key_length_mla": 192,
    "attention.value_length_mla": 128,
    "attention.indexer.key_length": 128,
}
MLA_LAYER = CONTEXT * 576 * 2
INDEXER_LAYER = CONTEXT * 128 * 2


@pytest.mark.parametrize(
    ("name", "values", "indexers"),
    [
        ("deepseek32", {}, 8),
        ("glm-dsa", {}, 8),
        ("glm-dsa", {"attention.indexer.types": [1, 0, 0, 1]}, 2),
        ("glm-dsa", {"context_length": 1_048_576}, 4),
        ("hy_v4", {}, 0),
        ("hy_v4", {"attention.indexer.top_k": 64}, 8),
        ("glm5-next", {}, 24),
    ],
)
def test_that_sparse_attention_caches_indexer_keys(
    name: str, values: dict[str, int | Sequence[int]], indexers: int
) -> None:
    expected = 8 * MLA_LAYER + indexers * INDEXER_LAYER
    assert cache_bytes(name, {**MLA, **values}) == expected


def test_that_minimax_m3_caches_indexer_values_too() -> None:
    values = {"attention.indexer.key_length": 128, "leading_dense_block_count": 3}
    expected = 8 * LAYER + 5 * CONTEXT * 2 * (128 + 64)
    assert cache_bytes("minimax-m3", values) == expected


def test_that_deepseek4_never_unifies_and_compresses_by_ratio() -> None:
    model = made_up_model(
        "deepseek4",
        {
            "block_count": 4,
            "attention.head_count_kv": 1,
            "attention.key_length": 512,
            "attention.indexer.key_length": 128,
            "attention.sliding_window": 128,
            "attention.compress_ratios": [0, 4, 128, 4],
        },
    )
    window = 4 * 768 * 512
    dense = 2 * (CONTEXT // 4) * (512 + 128)
    sparse = 256 * 512
    states = 2 * (2 * 8 * 2 * (512 + 128)) + 2 * 128 * 512
    a_sequence = 2 * (window + dense + sparse) + 4 * states
    assert context_bytes(planned(model)) == a_sequence
    assert context_bytes(planned(model, parallel=4, kv_unified=True)) == 4 * a_sequence


def test_that_a_hybrid_attends_at_its_interval_and_keeps_a_state_elsewhere() -> None:
    ssm = {
        "ssm.conv_kernel": 4,
        "ssm.inner_size": 512,
        "ssm.state_size": 64,
        "ssm.group_count": 2,
        "ssm.time_step_rank": 8,
    }
    state = 4 * (3 * (512 + 2 * 2 * 64) + 64 * 512)
    assert cache_bytes("qwen35", ssm) == 2 * LAYER + 6 * state
    recurrent = {"attention.recurrent_layers": [1, 0, 1, 0, 1, 0, 1, 0]}
    assert cache_bytes("qwen3next", {**ssm, **recurrent}) == 4 * LAYER + 4 * state
    heads = {"attention.head_count_kv": [0, 0, 0, 4, 0, 0, 0, 4]}
    assert cache_bytes("granitehybrid", {**ssm, **heads}) == 2 * LAYER + 6 * state
    mamba1 = 4 * (3 * 512 + 64 * 512)
    assert cache_bytes("jamba", {**ssm, **heads}) == 2 * LAYER + 6 * mamba1
    assert cache_bytes("falcon-h1", ssm) == 8 * (LAYER + state)
    assert cache_bytes("mamba2", ssm) == 8 * state
    wide = {"feed_forward_length": [0, 1, 0, 0, 1, 0, 0, 1]}
    assert cache_bytes("nemotron_h", {**ssm, **heads, **wide}) == LAYER + 4 * state


@pytest.mark.parametrize(
    ("name", "values", "elements"),
    [
        ("rwkv6", {"wkv.head_size": 64}, 2 * 256 + 256 * 64),
        ("arwkv7", {"wkv.head_size": 64, "token_shift_count": 1}, 256 + 256 * 64),
        (
            "kimi-linear",
            {"attention.head_count_kv": [0] * 8, "kda.head_dim": 32, "ssm.conv_kernel": 4},
            3 * 3 * 4 * 32 + 32 * 32 * 4,
        ),
        ("lfm2", {"attention.head_count_kv": [0] * 8, "shortconv.l_cache": 3}, 256 * 2),
    ],
)
def test_that_each_kind_of_recurrent_layer_has_its_own_state(
    name: str, values: dict[str, int | Sequence[int]], elements: int
) -> None:
    assert cache_bytes(name, values) == 8 * 4 * elements


def test_that_lightning_attention_keeps_a_matrix_a_head() -> None:
    assert cache_bytes("minimax-01") == LAYER + 7 * 4 * 64 * 64 * 4


def test_that_a_token_convolution_adds_to_the_state_of_its_layer() -> None:
    ssm = {"ssm.conv_kernel": 4, "ssm.inner_size": 512, "ssm.state_size": 64}
    indexer = {"attention.indexer.key_length": 128}
    ple = {
        "ple.layers": [1],
        "ple.conv_kernel": 4,
        "ple.ngram_size": 3,
        "hyper_connection.count": 2,
    }
    without = cache_bytes("qwen4exp", {**ssm, **indexer})
    assert cache_bytes("qwen4exp", {**ssm, **indexer, **ple}) == without + 4 * 3 * 3 * 2 * 256


def test_that_looped_layers_and_a_router_layer_cache_as_well() -> None:
    assert cache_bytes("nanbeige", {"num_loops": 2}) == 16 * LAYER
    assert cache_bytes("graniteswitch") == 8 * LAYER + LAYER // 4


def test_that_more_cache_layers_than_llama_cpp_is_built_for_are_refused() -> None:
    looped = made_up_model("nanbeige", {"block_count": 300, "num_loops": 2})
    with pytest.raises(UnsupportedRequestError, match="n_layer must be <= 512"):
        planned(looped)


def test_that_without_flash_attention_every_v_row_is_as_wide_as_the_widest() -> None:
    heads = [1, 2, 4, 1, 1, 1, 1, 1]
    model = made_up_model("openelm", {"attention.head_count_kv": heads})
    assert context_bytes(planned(model)) == sum(heads) * LAYER // 4
    off = context_bytes(planned(model, flash_attn=False))
    assert off == sum(heads) * LAYER // 8 + 8 * LAYER // 2


def test_that_grok_runs_without_flash_attention_whatever_is_asked() -> None:
    model = made_up_model("grok", {})
    assert planned(model, flash_attn=True).options["flash_attn"] is False


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("gptj", NoticeKind.ARCHITECTURE_NOT_RUN),
        ("eagle3", NoticeKind.DRAFT_MODEL),
        ("gemma4-assistant", NoticeKind.DRAFT_MODEL),
    ],
)
def test_that_what_is_no_model_by_itself_is_noted(name: str, kind: NoticeKind) -> None:
    assert kind in {notice.kind for notice in planned(made_up_model(name, {})).notices}


def test_that_swa_full_gives_window_layers_all_cells() -> None:
    model = made_up_model("gemma3", {"attention.sliding_window": 1000})
    assert context_bytes(planned(model, swa_full=True)) == 8 * LAYER


def test_that_the_window_of_a_unified_cache_is_that_of_all_sequences() -> None:
    model = made_up_model("gemma3", {"attention.sliding_window": 1000})
    unified = context_bytes(planned(model, parallel=4, kv_unified=True))
    assert unified == LAYER + 7 * window_layer(4000)
    split = context_bytes(planned(model, parallel=4, kv_unified=False))
    assert split == LAYER + 7 * 4 * window_layer(1000)


def test_that_split_caches_round_every_sequence_up() -> None:
    model = made_up_model("llama", {})
    split = context_bytes(planned(model, 1000, parallel=3, kv_unified=False))
    assert split == 3 * 512 * 8 * 2 * ROW


@pytest.mark.parametrize(
    ("cache_type", "row_bytes"),
    [
        (CacheType.F32, 1024), (CacheType.F16, 512), (CacheType.BF16, 512),
        (CacheType.Q8_0, 272), (CacheType.Q5_1, 192), (CacheType.Q5_0, 176),
        (CacheType.Q4_1, 160), (CacheType.Q4_0, 144), (CacheType.IQ4_NL, 144),
    ],
)  # fmt: skip
def test_that_every_cache_type_has_its_size(cache_type: CacheType, row_bytes: int) -> None:
    model = made_up_model("llama", {})
    found = planned(model, cache_type_k=cache_type, cache_type_v=CacheType.F16)
    assert context_bytes(found) == 8 * CONTEXT * (row_bytes + ROW)


def test_that_real_shapes_are_what_they_are_known_to_be() -> None:
    gemma = resolve_shape(model_of("gemma-4-e4b"))
    assert sum(layer.caches for layer in gemma.layers) == 24
    assert sum(layer.caches and not layer.windowed for layer in gemma.layers) == 4
    qwen = resolve_shape(model_of("qwen3.5-35b-a3b-mtp"))
    assert (qwen.block_count, qwen.trunk_count) == (41, 40)
    assert sum(layer.caches for layer in qwen.layers) == 10
