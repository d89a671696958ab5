"""Attention over caches, over latents and over the batch alone.

Source: ``build_attn`` in ``llama-graph.cpp``, ``llama-kv-cache.cpp``; b11434.
"""

from __future__ import annotations

from math import prod

from memplan.engines.llama_cpp.graph.backends.layouts import F16, F32
from memplan.engines.llama_cpp.graph.pieces.basis import Basis, CacheInputs
from memplan.engines.llama_cpp.shape import Layer


class Attention(Basis):
    """A graph to which attention can be added."""

    def qkv(
        self,
        stream: int,
        layer: Layer,
        *,
        heads: int | None = None,
        heads_kv: int | None = None,
        key_length: int | None = None,
        value_length: int | None = None,
        clamped: bool = False,
    ) -> tuple[int, int, int]:
        """Queries, keys and values of each head, out of one tensor or of three."""
        index, tokens = layer.index, self.shapes[stream][1]
        q_heads = layer.head_count if heads is None else heads
        kv_heads = layer.head_count_kv if heads_kv is None else heads_kv
        key = layer.key_length if key_length is None else key_length
        value = layer.value_length if value_length is None else value_length
        fused = self.weight("attn_qkv", index)
        if fused is None:
            parts = []
            for name, length, count in (
                ("attn_q", key, q_heads), ("attn_k", key, kv_heads), ("attn_v", value, kv_heads),
            ):  # fmt: skip
                part = self.linear(name, stream, index)
                if clamped:
                    part = self.clamp(part)
                parts.append((part, length, count))
            q, k, v = (self.reshape(part, length, count, tokens) for part, length, count in parts)
            return q, k, v
        whole = self.linear("attn_qkv", stream, index)
        if clamped:
            whole = self.clamp(whole)
        row = self.strides[whole][1]
        key_bytes = self.row_bytes(whole, key)
        value_bytes = self.row_bytes(whole, value)
        after_q = key_bytes * q_heads
        after_k = after_q + key_bytes * kv_heads
        return (
            self.view(whole, (key, q_heads, tokens), (key_bytes, row)),
            self.view(whole, (key, kv_heads, tokens), (key_bytes, row), after_q),
            self.view(whole, (value, kv_heads, tokens), (value_bytes, row), after_k),
        )

    def rows_of_qkv(self, stream: int, layer: Layer) -> tuple[int, int, int]:
        """Queries, keys and values before they are split into heads."""
        index, tokens = layer.index, self.shapes[stream][1]
        if self.weight("attn_qkv", index) is None:
            q, k, v = (self.linear(f"attn_{part}", stream, index) for part in "qkv")
            return q, k, v
        whole = self.linear("attn_qkv", stream, index)
        row = (self.strides[whole][1],)
        q_width = layer.head_count * layer.key_length
        k_width = layer.head_count_kv * layer.key_length
        v_width = layer.head_count_kv * layer.value_length
        at_k = self.row_bytes(whole, q_width)
        at_v = at_k + self.row_bytes(whole, k_width)
        return (
            self.cont(self.view(whole, (q_width, tokens), row)),
            self.cont(self.view(whole, (k_width, tokens), row, at_k)),
            self.cont(self.view(whole, (v_width, tokens), row, at_v)),
        )

    def rotated(self, stream: int, rotation: int | None) -> int:
        """Multiply each head by a rotation, where a quantised cache has one."""
        if rotation is None:
            return stream
        size = self.shapes[rotation][0]
        shape = self.shapes[stream]
        rows = shape[0] * shape[1] * shape[2] * shape[3] // size
        flat = (
            self.reshape(stream, size, rows)
            if self.is_contiguous(stream)
            else self.cont(stream, size, rows)
        )
        return self.reshape(self.mul_mat(rotation, flat), *shape)

    def cache_tensor(self, side: str, layer: Layer, elements: int, cells: int, kind: int) -> int:
        """The tensor of a layer's cache."""
        number = layer.index if self.number_in_cache < 0 else self.number_in_cache
        key = (f"cache.{side}.{number}", cells)
        found = self._leaves.get(key)
        if found is None:
            home = self._homes.cache(number)
            found = self.tensor(kind, elements, cells, self.batch.streams, buffer=home)
            self._leaves[key] = found
        return found

    def attend(
        self,
        inputs: CacheInputs,
        q: int,
        k: int | None,
        v: int | None,
        layer: Layer,
        *,
        cached: Layer | None = None,
        sinks: int | None = None,
        output: bool = True,
        key_first: bool = False,
        soft_cap: bool = False,
        bias: int | None = None,
    ) -> int:
        """Attention of one layer over its cache (or that of ``cached``), with the projection."""
        q = self.rotated(q, inputs.rotation_k)
        k = k if k is None else self.rotated(k, inputs.rotation_k)
        v = v if v is None else self.rotated(v, inputs.rotation_v)
        order = (q, k, v) if key_first else (q, v, k)
        self.expand(*(tensor for tensor in order if tensor is not None))
        owner = layer if cached is None else cached
        cells = self.batch.window_cells if owner.windowed else self.batch.cells
        keys, values = self._cache_views(owner, cells)
        if k is not None:
            self.expand(self._store_rows(owner, k, inputs.rows_k, "k", cells))
        if v is not None and inputs.rows_v is not None:
            self.expand(self._store_values(owner, v, inputs.rows_v, cells))
        result = self.attention(
            q, keys, values, inputs.mask, sinks=sinks, soft_cap=soft_cap, bias=bias
        )
        result = self.rotated(result, inputs.rotation_v)
        return self.projected(result, layer) if output else result

    def stored(self, inputs: CacheInputs, k: int, v: int, layer: Layer) -> tuple[int, int]:
        """Store keys and values in a layer's cache; the keys and values of the whole cache."""
        cells = self.batch.cells
        self.expand(self._store_rows(layer, k, inputs.rows_k, "k", cells))
        if inputs.rows_v is not None:
            self.expand(self._store_values(layer, v, inputs.rows_v, cells))
        return self._cache_views(layer, cells)

    def projected(self, stream: int, layer: Layer) -> int:
        """The output projection of attention."""
        return self.linear("attn_output", stream, layer.index)

    def _cache_views(self, layer: Layer, cells: int) -> tuple[int, int]:
        batch = self.batch
        cache_k = self.cache_tensor("k", layer, layer.key_width, cells, batch.key_type)
        head = self.row_bytes(cache_k, layer.key_length)
        row = self.row_bytes(cache_k, layer.key_width)
        keys = self.view(
            cache_k,
            (layer.key_length, layer.head_count_kv, cells, batch.streams),
            (head, row, row * cells),
        )
        width = self._cached_value_width(layer)
        cache_v = self.cache_tensor("v", layer, width, cells, batch.value_type)
        row = self.row_bytes(cache_v, width)
        if batch.flash_attention:
            strides = (self.row_bytes(cache_v, layer.value_length), row, row * cells)
            shape = (layer.value_length, layer.head_count_kv, cells, batch.streams)
        else:
            step = self.row_bytes(cache_v, cells)
            strides = (step * layer.value_length, step, step * width)
            shape = (cells, layer.head_count_kv, layer.value_length, batch.streams)
        return keys, self.view(cache_v, shape, strides)

    def _cached_value_width(self, layer: Layer) -> int:
        if self.batch.flash_attention:
            return layer.head_count_kv * layer.value_length
        return self._value_type_max

    def _store_rows(self, layer: Layer, rows: int, ids: int, side: str, cells: int) -> int:
        length, heads, tokens, _ = self.shapes[rows]
        flat = self.view(rows, (length * heads, tokens), (self.strides[rows][2],))
        kind = self.batch.value_type if side == "v" else self.batch.key_type
        cache = self.cache_tensor(side, layer, length * heads, cells, kind)
        if self.batch.streams > 1:
            cache = self.reshape(cache, length * heads, cells * self.batch.streams)
        return self.set_rows(cache, flat, ids)

    def _store_values(self, layer: Layer, rows: int, ids: int, cells: int) -> int:
        if self.batch.flash_attention:
            return self._store_rows(layer, rows, ids, "v", cells)
        length, heads, tokens, _ = self.shapes[rows]
        elements = length * heads
        if self.row_bytes(rows, elements) == self.strides[rows][2]:
            flat = self.reshape(rows, elements, tokens)
        else:
            flat = self.cont(rows, elements, tokens)
        width = self._cached_value_width(layer)
        if elements < width:
            flat = self.pad(flat, width - elements)
        cache = self.cache_tensor("v", layer, width, cells, self.batch.value_type)
        whole = self.reshape(cache, 1, width * cells * self.batch.streams)
        return self.set_rows(whole, self.reshape(flat, 1, prod(self.shapes[flat])), ids)

    def attend_latent(
        self,
        inputs: CacheInputs,
        q: int,
        k: int,
        v: int,
        layer: Layer,
        *,
        decompress: int | None,
        output: bool = True,
        choice: int | None = None,
        sinks: int | None = None,
    ) -> int:
        """Attention over a cache of latents, whose keys hold the values, too.

        ``choice``: the cells that each token may see, where an indexer chooses them.
        """
        self.expand(q, v, k)
        batch = self.batch
        cells = batch.window_cells if layer.windowed else batch.cells
        self.expand(self._store_rows(layer, k, inputs.rows_k, "k", cells))
        cache = self.cache_tensor("k", layer, layer.key_width, cells, batch.key_type)
        row = self.row_bytes(cache, layer.key_width)
        keys = self.view(
            cache,
            (layer.key_length, layer.head_count_kv, cells, batch.streams),
            (self.row_bytes(cache, layer.key_length), row, row * cells),
        )
        values = self.view(
            keys, (self.shapes[v][0], *self.shapes[keys][1:]), self.strides[keys][1:]
        )
        mask, most = inputs.mask, 0
        if choice is not None:
            mask, most = self.only(mask, choice), self.shapes[choice][0]
        result = self.attention(
            q, keys, values, mask, sinks=sinks, decompress=decompress, most_cells=most
        )
        return self.projected(result, layer) if output else result

    def only(self, mask: int, choice: int, kind: int = F32) -> int:
        """A mask that shows the chosen cells only."""
        hidden = self.fill(mask)
        cells, tokens, _, streams = self.shapes[hidden]
        hidden = self.view(hidden, (1, cells, tokens, streams), self.strides[hidden][:3])
        count, _, _, _ = self.shapes[choice]
        second, third, fourth = self.strides[choice][1:]
        rows = self.view(choice, (count, tokens, streams, 1), (second, third, streams * fourth))
        zeros = self.fill(self.tensor(kind, 1, count, tokens, streams))
        shown = self.set_rows(hidden, zeros, rows)
        third, fourth = self.strides[shown][2:]
        shown = self.view(shown, (cells, tokens, 1, streams), (third, fourth, fourth))
        return self.add(shown, mask)

    def indexer_keys(self, layer: Layer, keys: int, rows: int, length: int) -> int:
        """Store an indexer's keys; the keys of the whole cache."""
        self.store_keys(layer, keys, rows, "indexer", self.batch.cells)
        return self.cached_keys(layer, length, "indexer", self.batch.cells)

    def store_keys(self, layer: Layer, keys: int, rows: int, side: str, cells: int) -> None:
        """Store keys in one of a layer's caches."""
        self.expand(self._store_rows(layer, keys, rows, side, cells))

    def cached_keys(self, layer: Layer, length: int, side: str, cells: int) -> int:
        """All keys of one of a layer's caches, which has one head."""
        cache = self.cache_tensor(side, layer, length, cells, self.batch.key_type)
        row = self.row_bytes(cache, length)
        return self.view(cache, (length, 1, cells, self.batch.streams), (row, row, row * cells))

    def compressor_state(self, side: str, layer: Layer, width: int, rows: int, planes: int) -> int:
        """The tokens that the next compressed row is made of."""
        key = (f"compressor.{side}.{layer.index}", 0)
        found = self._leaves.get(key)
        if found is None:
            home = self._homes.cache(layer.index)
            found = self.tensor(F32, width, rows, planes, buffer=home)
            self._leaves[key] = found
        return found

    def attend_batch(
        self,
        mask: int,
        q: int,
        k: int,
        v: int,
        layer: Layer,
        *,
        output: bool = True,
        bias: int | None = None,
    ) -> int:
        """Attention over the tokens of the batch, where there is no cache."""
        self.expand(q, k, v)
        result = self.attention(q, k, v, mask, bias=bias)
        return self.projected(result, layer) if output else result

    def attention(
        self,
        q: int,
        k: int,
        v: int,
        mask: int | None,
        *,
        sinks: int | None = None,
        decompress: int | None = None,
        soft_cap: bool = False,
        most_cells: int = 0,
        bias: int | None = None,
    ) -> int:
        """Attention proper, heads side by side again at the end."""
        transposed = self.strides[v][1] > self.strides[v][2]
        streams = self.shapes[k][3]
        length, heads, tokens, _ = self.shapes[q]
        part = tokens // streams
        second, third = self.strides[q][1:3]
        q = self.view(q, (length, heads, part, streams), (second, third, third * part))
        q, k, v = (self.permute(tensor, 0, 2, 1, 3) for tensor in (q, k, v))
        if self.batch.flash_attention and bias is None:
            result = self._fused(q, k, v, mask, sinks, decompress, transposed, most_cells)
        else:
            result = self._unfused(q, k, v, mask, sinks, decompress, transposed, soft_cap, bias)
        self.expand(result)
        return result

    def _fused(
        self,
        q: int,
        k: int,
        v: int,
        mask: int | None,
        sinks: int | None,
        decompress: int | None,
        transposed: bool,
        most_cells: int,
    ) -> int:
        if transposed:
            v = self.transpose(v)
        if self.types[k] == F32:
            k = self.cast(k, F16)
        if self.types[v] == F32:
            v = self.cast(v, F16)
        result = self.flash_attention(q, k, v, mask, sinks, most_cells)
        if decompress is not None:
            result = self.permute(result, 0, 2, 1, 3)
            result = self.mul_mat(decompress, result)
            result = self.cont(self.permute(result, 0, 2, 1, 3))
        a, b, c, d = self.shapes[result]
        return self.reshape(result, a * b, c * d)

    def _unfused(
        self,
        q: int,
        k: int,
        v: int,
        mask: int | None,
        sinks: int | None,
        decompress: int | None,
        transposed: bool,
        soft_cap: bool,
        bias: int | None,
    ) -> int:
        scores = self.mul_mat(k, q)
        if self.shape.name == "grok":
            scores = self.scale(self.tanh(self.scale(scores)))
        if soft_cap:
            scores = self.scale(self.tanh(self.scale(scores)))
        if bias is not None:
            scores = self.add(scores, bias)
        scores = self.soft_max(scores, mask, sinks)
        if not transposed:
            v = self.cont(self.transpose(v))
        result = self.mul_mat(v, scores)
        if decompress is not None:
            result = self.mul_mat(decompress, result)
        result = self.permute(result, 0, 2, 1, 3)
        a, b, c, d = self.shapes[result]
        result = self.cont(result, a * b, c * d)
        if not self.batch.cache_offloaded:
            self.pins.host.append(result)
        return result
