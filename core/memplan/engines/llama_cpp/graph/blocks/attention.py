"""Attention with and without a KV cache.

Source: llama.cpp b11434, ``build_attn…`` in ``llama-graph.cpp`` and ``llama-kv-cache.cpp``.
"""

from __future__ import annotations

from dataclasses import dataclass

from memplan.engines.llama_cpp.graph import operations as op
from memplan.engines.llama_cpp.graph.building import Building
from memplan.engines.llama_cpp.graph.tensor import F16, F32, I64, Tensor, Unary

_ROTATION_MULTIPLE = 64
"""Quantised caches are rotated by Hadamard matrices; head lengths must be a multiple of this."""


@dataclass(frozen=True, slots=True)
class CacheInputs:
    """What attention over one kind of cache is given from outside.

    Attributes:
        cells: cells of a stream.
        k_ids: the cell of each token's K row.
        v_ids: the cell of each token's V row, or of each element; unused if no V is cached.
        mask: which cells a token sees.
        k_rotation: the matrix that quantised keys are rotated by.
        v_rotation: the matrix that quantised values are rotated by.
    """

    cells: int
    k_ids: Tensor
    v_ids: Tensor
    mask: Tensor
    k_rotation: Tensor | None
    v_rotation: Tensor | None


@dataclass(frozen=True, slots=True)
class AttentionInputs:
    """The inputs for layers that see the whole context, and for those that see a window.

    Attributes:
        full: for layers that see the whole context.
        window: for layers that see a window; as ``full`` where the model has none.
        windowed: whether there are two kinds.
    """

    full: CacheInputs
    window: CacheInputs
    windowed: bool

    def of(self, b: Building, index: int) -> CacheInputs:
        """The inputs of a layer."""
        return self.window if b.layer(index).windowed else self.full


def _mask(b: Building, name: str, cells: int) -> Tensor:
    batch = b.batch
    element_type = F16 if batch.flash_attention else F32
    return b.input(name, element_type, cells, b.tokens // batch.streams, 1, batch.streams)


def hadamard_size(length: int) -> int:
    """The largest power of two, from 64 on, that divides a length."""
    size = _ROTATION_MULTIPLE
    while length and length % (2 * size) == 0:
        size *= 2
    return size


def widest_value(b: Building) -> int:
    """Elements of the widest V row of any layer."""
    return max((layer.head_count_kv * layer.value_length for layer in b.shape.layers), default=0)


def cache_inputs(
    b: Building,
    cells: int,
    suffix: str,
    *,
    key_lengths: tuple[int, ...] | None = None,
    with_values: bool = True,
) -> CacheInputs:
    """The inputs for one kind of cache.

    Args:
        b: the graph.
        cells: cells of a stream.
        suffix: what sets the inputs' names apart.
        key_lengths: head lengths of the layers that have such a cache, if quantised keys are
            rotated; ``None``: they never are.
        with_values: whether V rows are cached.
    """
    batch, shape = b.batch, b.shape
    by_element = with_values and not batch.flash_attention
    count = b.tokens * widest_value(b) if by_element else b.tokens
    k_rotation = v_rotation = None
    if key_lengths:
        same = all(length == key_lengths[0] for length in key_lengths)
        if (
            same
            and batch.cache_type_k.block_elements > 1
            and shape.key_length % _ROTATION_MULTIPLE == 0
        ):
            size = hadamard_size(key_lengths[0])
            k_rotation = b.input(f"k_rotation{suffix}", F32, size, size)
        if (
            with_values
            and batch.cache_type_v.block_elements > 1
            and shape.value_length % _ROTATION_MULTIPLE == 0
        ):
            v_rotation = b.input(f"v_rotation{suffix}", F32, _ROTATION_MULTIPLE, _ROTATION_MULTIPLE)
    return CacheInputs(
        cells=cells,
        k_ids=b.input(f"k_ids{suffix}", I64, b.tokens),
        v_ids=b.input(f"v_ids{suffix}", I64, count),
        mask=_mask(b, f"mask{suffix}", cells),
        k_rotation=k_rotation,
        v_rotation=v_rotation,
    )


def attention_inputs(
    b: Building, *, with_values: bool = True, rotated: bool = True
) -> AttentionInputs:
    """The inputs of a model's attention over its KV caches."""
    windowed = b.shape.architecture.window is not None and any(
        layer.windowed for layer in b.shape.layers
    )

    def lengths(in_window: bool) -> tuple[int, ...] | None:
        if not rotated:
            return None
        return tuple(
            layer.key_length
            for layer in b.shape.layers
            if layer.caches and layer.windowed == in_window
        )

    full = cache_inputs(
        b, b.batch.full_cells, "", key_lengths=lengths(False), with_values=with_values
    )
    if not windowed:
        return AttentionInputs(full, full, windowed=False)
    window = cache_inputs(
        b, b.batch.window_cells, "_swa", key_lengths=lengths(True), with_values=with_values
    )
    return AttentionInputs(full, window, windowed=True)


def no_cache_inputs(b: Building, *, windowed: bool = False) -> AttentionInputs:
    """The inputs of an encoder's attention: every token sees the tokens of its sequence."""
    element_type = F16 if b.batch.flash_attention else F32

    def inputs(name: str) -> CacheInputs:
        mask = b.input(name, element_type, b.tokens, b.tokens)
        return CacheInputs(b.tokens, mask, mask, mask, None, None)

    full = inputs("mask")
    return AttentionInputs(full, inputs("mask_swa") if windowed else full, windowed)


def rotate(x: Tensor, rotation: Tensor) -> Tensor:
    """X times a Hadamard matrix, in pieces of its size."""
    size = rotation.ne[0]
    shape = (size, x.elements // size)
    flat = op.reshape(x, *shape) if x.is_contiguous else op.contiguous(x, *shape)
    return op.reshape(op.mul_mat(rotation, flat, hadamard=True), *x.ne)


def store_keys(
    b: Building, index: int, k: Tensor, inputs: CacheInputs, name: str = "cache_k", width: int = 0
) -> None:
    """Write K rows into the cache."""
    width = width or k.ne[0] * k.ne[1]
    cache = key_cache(b, index, inputs.cells, name, width)
    rows = op.view(k, (k.ne[0] * k.ne[1], k.ne[2]), (k.nb[2],))
    if b.batch.streams > 1:
        cache = op.reshape(cache, width, inputs.cells * b.batch.streams)
    b.expand(op.set_rows(cache, rows, inputs.k_ids))


def key_cache(b: Building, index: int, cells: int, name: str, width: int) -> Tensor:
    """The K cache of a layer."""
    return b.cache(name, index, b.batch.cache_type_k, (width, cells, b.batch.streams, 1))


def _value_cache(b: Building, index: int, cells: int) -> Tensor:
    layer = b.layer(index)
    width = layer.head_count_kv * layer.value_length
    if not b.batch.flash_attention:
        width = widest_value(b)
    return b.cache("cache_v", index, b.batch.cache_type_v, (width, cells, b.batch.streams, 1))


def store_values(b: Building, index: int, v: Tensor, inputs: CacheInputs) -> None:
    """Write V rows into the cache; element by element where it is transposed."""
    cache = _value_cache(b, index, inputs.cells)
    width, tokens = v.ne[0] * v.ne[1], v.ne[2]
    if b.batch.flash_attention:
        rows = op.view(v, (width, tokens), (v.nb[2],))
        if b.batch.streams > 1:
            cache = op.reshape(cache, width, inputs.cells * b.batch.streams)
        b.expand(op.set_rows(cache, rows, inputs.v_ids))
        return
    whole = v.type.row_bytes(width) == v.nb[2]
    rows = op.reshape(v, width, tokens) if whole else op.contiguous(v, width, tokens)
    if width < cache.ne[0]:
        rows = op.pad(rows, (cache.ne[0] - width, 0, 0, 0))
    target = op.reshape(cache, 1, cache.elements)
    b.expand(op.set_rows(target, op.reshape(rows, 1, rows.elements), inputs.v_ids))


def cached_keys(
    b: Building, index: int, inputs: CacheInputs, *, heads: int = 0, length: int = 0
) -> Tensor:
    """All K rows of a layer, as attention reads them."""
    layer = b.layer(index)
    heads, length = heads or layer.head_count_kv, length or layer.key_length
    width = heads * length
    cache = key_cache(b, index, inputs.cells, "cache_k", width)
    rows = cache.type.row_bytes
    stream = rows(width * inputs.cells)
    return op.view(
        cache,
        (length, heads, inputs.cells, b.batch.streams),
        (rows(length), rows(width), stream),
    )


def cached_values(b: Building, index: int, inputs: CacheInputs) -> Tensor:
    """All V rows of a layer, as attention reads them; transposed without flash attention."""
    layer = b.layer(index)
    heads, length, cells = layer.head_count_kv, layer.value_length, inputs.cells
    cache = _value_cache(b, index, cells)
    width = cache.ne[0]
    rows = cache.type.row_bytes
    if b.batch.flash_attention:
        return op.view(
            cache,
            (length, heads, cells, b.batch.streams),
            (rows(length), rows(width), rows(width * cells)),
        )
    return op.view(
        cache,
        (cells, heads, length, b.batch.streams),
        (rows(cells * length), rows(cells), rows(cells * width)),
    )


def scores_and_values(
    b: Building,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None,
    *,
    bias: Tensor | None = None,
    sinks: Tensor | None = None,
    decompress: Tensor | None = None,
    index: int = -1,
    most_cells: int = 0,
    grok: bool = False,
) -> Tensor:
    """Attention itself (``build_attn_mha``): rows of all heads side by side.

    Args:
        b: the graph.
        q: the queries.
        k: the keys.
        v: the values.
        mask: which cells a token sees.
        index: the number of the layer.
        bias: added to the scores; forbids flash attention.
        sinks: a further score of each head.
        decompress: the projection of latent values.
        most_cells: cells that a token sees at most, where it is fewer than the mask has; 0: not.
        grok: scores are bounded the way Grok does it.
    """
    transposed = v.nb[1] > v.nb[2]
    streams = k.ne[3]
    per_stream = q.ne[2] // streams
    q = op.view(
        q, (q.ne[0], q.ne[1], per_stream, streams), (q.nb[1], q.nb[2], q.nb[2] * per_stream)
    )
    q, k, v = (op.permute(x, 0, 2, 1, 3) for x in (q, k, v))
    alibi = b.number("attention.max_alibi_bias")
    cap = b.number("attn_logit_softcapping") if _caps(b) else 0.0
    if b.batch.flash_attention and bias is None:
        if transposed:
            v = op.transpose(v)
        k = op.cast(k, F16) if k.type is F32 else k
        v = op.cast(v, F16) if v.type is F32 else v
        result = op.flash_attention(q, k, v, mask, sinks, alibi, cap)
        result.params = (*result.params, most_cells)
        if decompress is not None:
            result = op.mul_mat(decompress, op.permute(result, 0, 2, 1, 3))
            result = op.contiguous(op.permute(result, 0, 2, 1, 3))
        ne = result.ne
        return b.expand(op.reshape(result, ne[0] * ne[1], ne[2] * ne[3]))
    scores = op.mul_mat(k, q)
    if grok:
        scores = op.scale(op.unary(Unary.TANH, op.scale(scores)))
    if cap:
        scores = op.scale(op.unary(Unary.TANH, op.scale(scores)))
    if bias is not None:
        scores = op.add(scores, bias)
    scores = op.soft_max(scores, mask, sinks, alibi)
    if not transposed:
        v = op.contiguous(op.transpose(v))
    result = op.mul_mat(v, scores)
    if decompress is not None:
        result = op.mul_mat(decompress, result)
    result = op.permute(result, 0, 2, 1, 3)
    ne = result.ne
    result = op.contiguous(result, ne[0] * ne[1], ne[2] * ne[3])
    result.name, result.layer = "kqv_out", index
    return b.expand(result)


def _caps(b: Building) -> bool:
    return b.shape.name in _CAPPED and b.number("attn_logit_softcapping") != 0


_CAPPED = frozenset({"gemma2", "grok"})
"""Architectures that bound attention scores by tanh."""


def attend(
    b: Building,
    inputs: AttentionInputs,
    index: int,
    q: Tensor,
    k: Tensor | None,
    v: Tensor | None,
    *,
    bias: Tensor | None = None,
    sinks: Tensor | None = None,
    output: str | None = "attn_output",
    cache_of: int | None = None,
    grok: bool = False,
) -> Tensor:
    """Attention over a KV cache, and its output projection.

    Args:
        b: the graph.
        inputs: the caches' inputs.
        index: the number of the layer.
        q: the queries.
        k: the keys.
        v: the values.
        bias: added to the scores; forbids flash attention.
        sinks: a further score of each head.
        grok: scores are bounded the way Grok does it.
        output: the name of the output projection; ``None``: there is none.
        cache_of: the layer whose cache is read, where another layer filled it.
    """
    own = inputs.of(b, index)
    if own.k_rotation is not None:
        q = rotate(q, own.k_rotation)
        k = k and rotate(k, own.k_rotation)
    if own.v_rotation is not None:
        v = v and rotate(v, own.v_rotation)
    order = (q, k, v) if inputs.windowed else (q, v, k)
    for tensor in order:
        if tensor is not None:
            b.expand(tensor)
    if k is not None:
        store_keys(b, index, k, own)
    if v is not None:
        store_values(b, index, v, own)
    source = index if cache_of is None else cache_of
    result = scores_and_values(
        b,
        q,
        cached_keys(b, source, own),
        cached_values(b, source, own),
        own.mask,
        bias=bias,
        sinks=sinks,
        index=index,
        grok=grok,
    )
    if own.v_rotation is not None:
        result = rotate(result, own.v_rotation)
    return result if output is None else b.linear(result, index, output)


def attend_without_cache(
    b: Building,
    mask: Tensor,
    index: int,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    bias: Tensor | None = None,
    sinks: Tensor | None = None,
    output: str | None = "attn_output",
) -> Tensor:
    """Attention among the tokens of the micro-batch, and its output projection."""
    for tensor in (q, k, v):
        b.expand(tensor)
    result = scores_and_values(b, q, k, v, mask, bias=bias, sinks=sinks, index=index)
    return result if output is None else b.linear(result, index, output)


def attend_latent(
    b: Building,
    inputs: AttentionInputs,
    index: int,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    decompress: Tensor | None,
    *,
    output: str | None = "attn_output",
) -> Tensor:
    """Attention whose values are the first elements of the cached keys (MLA)."""
    own = inputs.of(b, index)
    if inputs.windowed:
        if own.k_rotation is not None:
            q, k = rotate(q, own.k_rotation), rotate(k, own.k_rotation)
        order: tuple[Tensor, ...] = (q, k)
    else:
        order = (q, v, k)
    for tensor in order:
        b.expand(tensor)
    store_keys(b, index, k, own)
    keys = cached_keys(b, index, own, heads=k.ne[1], length=k.ne[0])
    values = op.view(keys, (v.ne[0], *keys.ne[1:]), keys.nb[1:])
    result = scores_and_values(b, q, keys, values, own.mask, decompress=decompress, index=index)
    if inputs.windowed and own.k_rotation is not None:
        result = rotate(result, own.k_rotation)
    return result if output is None else b.linear(result, index, output)


def separate_heads(x: Tensor, length: int, heads: int, tokens: int) -> Tensor:
    """Rows of all heads as rows of each head."""
    return op.reshape(x, length, heads, tokens)


def queries_keys_values(
    b: Building,
    x: Tensor,
    index: int,
    *,
    heads: int = 0,
    heads_kv: int = 0,
    length: int = 0,
    value_length: int = 0,
) -> tuple[Tensor, Tensor, Tensor]:
    """Q, K and V of a layer, from one projection or three (``build_qkv``)."""
    layer = b.layer(index)
    heads, heads_kv = heads or layer.head_count, heads_kv or layer.head_count_kv
    length = length or layer.key_length
    value_length = value_length or layer.value_length
    sizes = ((length, heads), (length, heads_kv), (value_length, heads_kv))
    clamped = b.number("attention.clamp_kqv") > 0
    tokens = x.ne[1]
    if b.has_of_layer(index, "attn_qkv"):
        fused = b.linear(x, index, "attn_qkv")
        if not b.has_of_layer(index, "attn_qkv", "bias"):
            fused = _add_separate_biases(b, fused, index)
        fused = op.clamp(fused) if clamped else fused
        offset, views = 0, []
        for size, count in sizes:
            strides = (fused.type.row_bytes(size), fused.nb[1])
            views.append(op.view(fused, (size, count, tokens), strides, offset))
            offset += fused.type.row_bytes(size * count)
        return views[0], views[1], views[2]
    results = []
    for role, (size, count) in zip(("attn_q", "attn_k", "attn_v"), sizes, strict=True):
        result = b.linear(x, index, role)
        result = op.clamp(result) if clamped else result
        results.append((result, size, count))
    q, k, v = (op.reshape(result, size, count, tokens) for result, size, count in results)
    return q, k, v


def _add_separate_biases(b: Building, fused: Tensor, index: int) -> Tensor:
    """Biases of Q, K and V that stand beside one projection for all three."""
    found = [b.maybe_of_layer(index, role, "bias") for role in ("attn_q", "attn_k", "attn_v")]
    q, k, v = found
    if q is None or k is None or v is None:
        return fused
    return op.add(fused, op.concat(op.concat(q, k, 0), v, 0))


def rope_factors(b: Building, index: int) -> Tensor | None:
    """The factors of the rotary embedding: the model's own, or those for long contexts."""
    for name in ("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"):
        if b.has(name):
            return b.optional(name, index)
    return b.maybe_of_layer(index, "rope_freqs")


def select_outputs(ids: Tensor, *tensors: Tensor) -> tuple[Tensor, ...]:
    """Only the rows that need logits, of each tensor."""
    return tuple(op.get_rows(tensor, ids) for tensor in tensors)
