"""The graph of a vision encoder with its projector, for one image.

Source: ``clip.cpp`` and ``models/*.cpp`` of ``tools/mtmd`` in llama.cpp b11434.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from memplan.engines.llama_cpp.graph.backends.layouts import BF16, F16, F32, I32, TYPE_NUMBERS
from memplan.engines.llama_cpp.graph.flat import Op
from memplan.engines.llama_cpp.graph.operations import Operations
from memplan.engines.llama_cpp.parts.projector import Projector

_WIDE_ENCODER: Final = (3200, 45)
"""Width and layers of the InternVL encoder that norms by root mean square."""


class ProjectorGraph(Operations):
    """The graph while it is built.

    Attributes:
        projector: what the header says.
        fused: whether attention is one operation.
        across: patches along each side of the image.
        patches: patches of the image.
    """

    def __init__(self, projector: Projector, side: int, buffer: int, *, fused: bool) -> None:
        super().__init__()
        self.projector = projector
        self.fused = fused
        self.side = side
        self.across = side // projector.patch_size
        self.patches = self.across**2
        self._buffer = buffer
        self._leaves: dict[str, int] = {}

    def named(self, name: str) -> int | None:
        """A weight by its name; ``None`` if the file has none."""
        tensor = self.projector.tensors.get(name)
        if tensor is None:
            return None
        found = self._leaves.get(name)
        if found is None:
            kind = TYPE_NUMBERS.get(tensor.type_name, F16)
            found = self.tensor(kind, *tensor.dimensions[:4], buffer=self._buffer)
            self.mark_weight(found)
            self._leaves[name] = found
        return found

    def needed(self, name: str) -> int:
        """A weight that the graph cannot do without.

        Raises:
            KeyError: the file lacks it.
        """
        found = self.named(name)
        if found is None:
            raise KeyError(name)
        return found

    # Pieces

    def normed(self, x: int, name: str, *, centred: bool) -> int:
        """A norm with its weight and bias."""
        x = self.norm(x) if centred else self.rms_norm(x)
        weight, bias = self.named(f"{name}.weight"), self.named(f"{name}.bias")
        if weight is not None:
            x = self.mul(x, weight)
        return x if bias is None else self.add(x, bias)

    def linear(self, name: str, x: int) -> int:
        """A product with a weight and its bias."""
        x = self.mul_mat(self.needed(f"{name}.weight"), x)
        bias = self.named(f"{name}.bias")
        return x if bias is None else self.add(x, bias)

    def feed_forward(self, x: int, names: str) -> int:
        """The network of a layer: gated where there is a gate."""
        up = self.linear(f"{names}.ffn_up", x)
        if f"{names}.ffn_gate.weight" in self.projector.tensors:
            up = self.glu(self.linear(f"{names}.ffn_gate", x), up)
        else:
            up = self.unary(up)
        return self.linear(f"{names}.ffn_down", up)

    def two_layers(self, x: int, first: str, second: str) -> int:
        """Two products with a function between."""
        return self.linear(second, self.unary(self.linear(first, x)))

    def convolved(self, kernel: int, image: int) -> int:
        """A convolution whose steps do not overlap."""
        size, _, channels, outputs = self.shapes[kernel]
        kind = F32 if self.types[kernel] == BF16 else F16
        width, height = self.shapes[image][0] // size, self.shapes[image][1] // size
        columns = self.computed(
            Op.IM2COL, kind, (size * size * channels, width, height, 1), kernel, image
        )
        rows = self.reshape(columns, size * size * channels, width * height)
        flat = self.reshape(kernel, size * size * channels, outputs)
        result = self.reshape(self.mul_mat(rows, flat), width, height, 1, outputs)
        return self.cont(self.permute(result, 0, 1, 3, 2))

    def image(self) -> int:
        """The pixels."""
        return self.input(F32, self.side, self.side, 3)

    def patch_rows(self) -> int:
        """A row for each patch of the image."""
        x = self.convolved(self.needed("v.patch_embd.weight"), self.image())
        x = self.reshape(x, self.patches, self.projector.width, 1)
        x = self.cont(self.transpose(x))
        bias = self.named("v.patch_embd.bias")
        return x if bias is None else self.add(x, bias)

    def attention(self, q: int, k: int, v: int, names: str, mask: int | None = None) -> int:
        """Attention over the whole image, or within windows."""
        self.expand(q, k, v)
        q, k = self.permute(q, 0, 2, 1, 3), self.permute(k, 0, 2, 1, 3)
        if self.fused:
            v = self.permute(v, 0, 2, 1, 3)
            k, v = self.cast(k, F16), self.cast(v, F16)
            if mask is not None:
                mask = self.cast(mask, F16)
            x = self.flash_attention(q, k, v, mask)
            a, b, c, d = self.shapes[x]
            x = self.reshape(x, a * b, c * d)
        else:
            v = self.cont(self.permute(v, 1, 2, 0, 3))
            scores = self.soft_max(self.mul_mat(k, q), mask)
            x = self.permute(self.mul_mat(v, scores), 0, 2, 1, 3)
            a, b, c, d = self.shapes[x]
            x = self.cont(x, a * b, c * d)
        return self.linear(f"{names}.attn_out", x)

    def heads_of(self, x: int, names: str, rows: int) -> tuple[int, int, int]:
        """Queries, keys and values of each head, out of one tensor or of three."""
        heads = self.projector.heads
        length = self.projector.width // heads
        if f"{names}.attn_qkv.weight" in self.projector.tensors:
            x = self.linear(f"{names}.attn_qkv", x)
            part, row = self.row_bytes(x, length), self.strides[x][1]
            q, k, v = (
                self.view(x, (length, heads, rows), (part, row), number * part * heads)
                for number in range(3)
            )
            return q, k, v
        q, k, v = (
            self.reshape(self.linear(f"{names}.attn_{name}", x), length, heads, rows)
            for name in "qkv"
        )
        return q, k, v

    def layer(
        self,
        x: int,
        number: int,
        rows: int,
        *,
        centred: bool,
        place: Callable[[int], int] | None = None,
        mask: int | None = None,
    ) -> int:
        """One layer of the encoder; ``place`` rotates by position."""
        names = f"v.blk.{number}"
        residual = x
        x = self.normed(x, f"{names}.ln1", centred=centred)
        q, k, v = self.heads_of(x, names, rows)
        if place is not None:
            q, k = place(q), place(k)
        x = self.attention(q, k, v, names, mask)
        x = self._scaled(x, f"{names}.ls1.weight")
        residual = self.add(x, residual)
        x = self.normed(residual, f"{names}.ln2", centred=centred)
        x = self.feed_forward(x, names)
        x = self._scaled(x, f"{names}.ls2.weight")
        return self.add(residual, x)

    def _scaled(self, x: int, name: str) -> int:
        factor = self.named(name)
        return x if factor is None else self.mul(x, factor)

    def encoder(
        self,
        x: int,
        rows: int,
        *,
        centred: bool,
        table: int | None = None,
        place: Callable[[int], int] | None = None,
    ) -> int:
        """All layers of the encoder that most kinds have."""
        if table is not None:
            x = self.add(x, table)
        x = self.reshape(x, self.projector.width, rows)
        if self.named("v.pre_ln.weight") is not None:
            x = self.normed(x, "v.pre_ln", centred=centred)
        for number in range(self.projector.layers):
            x = self.layer(x, number, rows, centred=centred, place=place)
        if self.named("v.post_ln.weight") is not None:
            x = self.normed(x, "v.post_ln", centred=centred)
        return self.reshape(x, self.projector.width, rows, 1)

    def merged(self, x: int) -> int:
        """Neighbouring patches as one row."""
        factor, width, across = self.projector.merge, self.projector.width, self.across
        short = -across % factor
        x = self.reshape(x, width, across, across)
        if short:
            x = self.pad(x, 0, short, short)
            across += short
        x = self.reshape(x, width * factor, across // factor, across)
        x = self.permute(x, 0, 2, 1, 3)
        x = self.cont(x, width * factor**2, across // factor, across // factor)
        x = self.permute(x, 0, 2, 1, 3)
        a, b, c, _ = self.shapes[x]
        return self.cont(x, a, b * c)


def _siglip(g: ProjectorGraph) -> int:
    table = g.named("v.position_embd.weight")
    if g.projector.name == "lfm2" and table is not None:
        table = resized_table(g, table)
    return g.encoder(g.patch_rows(), g.patches, centred=True, table=table)


def resized_table(g: ProjectorGraph, table: int) -> int:
    """The table of positions for an image of another size than it was made for."""
    width, across = g.projector.width, g.across
    own = int(g.shapes[table][1] ** 0.5)
    if own == across:
        return table
    table = g.permute(g.reshape(table, width, own, own), 2, 0, 1, 3)
    table = g.computed(Op.UPSCALE, F32, (across, across, width, 1), table)
    return g.cont(g.permute(table, 1, 2, 0, 3), width, across * across)


def gemma3(g: ProjectorGraph) -> None:
    """Averaged over squares of patches, then one product."""
    x = _siglip(g)
    across, width, size = g.across, g.projector.width, g.projector.merge
    x = g.cont(g.transpose(x), across, across, width, 1)
    small = across // size
    x = g.computed(Op.POOL_2D, F32, (small, small, width, 1), x)
    x = g.cont(g.transpose(g.reshape(x, small * small, width, 1)))
    x = g.mul(g.rms_norm(x), g.needed("mm.soft_emb_norm.weight"))
    weight = g.cont(g.transpose(g.needed("mm.input_projection.weight")))
    g.expand(g.mul_mat(weight, x))


def idefics3(g: ProjectorGraph) -> None:
    """Merged patches through one product."""
    g.expand(g.mul_mat(g.needed("mm.model.fc.weight"), g.merged(_siglip(g))))


def lfm2(g: ProjectorGraph) -> None:
    """Merged patches, normed where the file has a norm, through two products."""
    x = g.merged(_siglip(g))
    if g.named("mm.input_norm.weight") is not None:
        x = g.normed(x, "mm.input_norm", centred=True)
    g.expand(g.two_layers(x, "mm.1", "mm.2"))


def janus_pro(g: ProjectorGraph) -> None:
    """Two products."""
    g.expand(g.two_layers(_siglip(g), "mm.0", "mm.1"))


def internvl(g: ProjectorGraph) -> None:
    """A token of the whole image beside the patches, dropped before they are merged."""
    projector = g.projector
    x = g.patch_rows()
    whole = g.needed("v.class_embd")
    x = g.concat(x, g.repeat(whole, projector.width, 1), 1)
    centred = (projector.width, projector.layers) != _WIDE_ENCODER
    rows = g.patches + 1
    x = g.encoder(x, rows, centred=centred, table=g.needed("v.position_embd.weight"))
    x = g.cont(g.view(x, (projector.width, g.patches, 1), g.strides[x][1:3]))
    factor, across = projector.merge, g.across
    x = g.reshape(x, projector.width * factor, across // factor, across)
    x = g.permute(x, 0, 2, 1, 3)
    merged = projector.width * factor**2
    x = g.permute(g.cont(x, merged, across // factor, across // factor), 0, 2, 1, 3)
    x = g.cont(x, merged, (across // factor) ** 2, 1)
    x = g.normed(x, "mm.model.mlp.0", centred=True)
    g.expand(g.two_layers(x, "mm.model.mlp.1", "mm.model.mlp.3"))


def llava(g: ProjectorGraph) -> None:
    """The last layer but one, through two products."""
    projector = g.projector
    x = g.patch_rows()
    rows = g.patches
    whole = g.named("v.class_embd")
    if whole is not None:
        x = g.concat(x, whole, 1)
        rows += 1
    positions = g.input(I32, rows)
    x = g.add(x, g.get_rows(g.needed("v.position_embd.weight"), positions))
    if g.named("v.pre_ln.weight") is not None:
        x = g.normed(x, "v.pre_ln", centred=True)
    for number in range(projector.layers - 1):
        x = g.layer(x, number, rows, centred=True)
    if g.named("v.post_ln.weight") is not None:
        x = g.normed(x, "v.post_ln", centred=True)
    x = g.reshape(x, *g.shapes[x][:2])
    x = g.get_rows(x, g.input(I32, g.patches))
    x = g.unary(g.linear("mm.0", x))
    g.expand(g.linear("mm.2", x) if g.named("mm.2.weight") is not None else x)


def pixtral(g: ProjectorGraph) -> None:
    """Positions on two axes; a mark behind each row of patches."""
    across = g.across
    down, right = g.input(I32, g.patches), g.input(I32, g.patches)

    def place(x: int) -> int:
        return g.rope(g.rope(x, down), right)

    x = g.encoder(g.patch_rows(), g.patches, centred=False, place=place)
    if g.named("mm.patch_merger.weight") is not None:
        x = _patch_merger(g, x)
    x = g.two_layers(x, "mm.1", "mm.2")
    mark = g.named("v.token_embd.img_break")
    if mark is not None:
        side = across // g.projector.merge
        width = g.shapes[x][0]
        rows = g.reshape(x, width, side, side)
        blank = g.scale(g.tensor(F32, width, 1, side))
        rows = g.concat(rows, g.add(blank, mark), 1)
        count = side * side + side - 1
        x = g.view(rows, (width, count), (g.row_bytes(rows, width),))
    g.expand(x)


def _patch_merger(g: ProjectorGraph, x: int) -> int:
    factor, width, across = g.projector.merge, g.projector.width, g.across
    x = g.mul(g.rms_norm(x), g.needed("mm.input_norm.weight"))
    x = g.cont(g.permute(g.reshape(x, width, across, across), 2, 0, 1, 3))
    kernel = g.view(x, (factor, factor, g.shapes[x][2]), (0, 0))
    small = across // factor
    x = g.computed(Op.IM2COL, F32, (factor**2 * width, small, small, 1), kernel, x)
    x = g.reshape(x, g.shapes[x][0], small * small)
    return g.mul_mat(g.needed("mm.patch_merger.weight"), x)


def _two_frames(g: ProjectorGraph) -> int:
    image = g.image()
    first = g.convolved(g.needed("v.patch_embd.weight"), image)
    second = g.convolved(g.needed("v.patch_embd.weight.1"), image)
    x = g.permute(g.add(first, second), 1, 2, 0, 3)
    return _by_squares(g, x)


def _by_squares(g: ProjectorGraph, x: int) -> int:
    """Patches in the order of the squares that become tokens."""
    width, across = g.projector.width, g.across
    x = g.cont(x, width * 2, across // 2, across, 1)
    x = g.reshape(x, width * 2, across // 2, 2, across // 2)
    return g.cont(g.permute(x, 0, 2, 1, 3), width, across * across, 1)


def qwen2vl(g: ProjectorGraph) -> None:
    """Two frames, positions on several axes; windows in Qwen 2.5 VL."""
    projector = g.projector
    windows = projector.window_pattern > 0
    centred = projector.name != "qwen2.5vl_merger"
    x = _two_frames(g)
    positions = g.input(I32, g.patches * 4)
    mask = None
    if g.named("v.pre_ln.weight") is not None:
        x = g.normed(x, "v.pre_ln", centred=centred)
    if windows:
        order = g.input(I32, g.patches // 4)
        mask = g.input(F32, g.patches, g.patches)
        if g.fused:
            mask = g.cast(mask, F16)
        x = g.get_rows(g.reshape(x, projector.width * 4, g.patches // 4), order)
        x = g.reshape(x, projector.width, g.patches, 1)
    for number in range(projector.layers):
        whole = not windows or (number + 1) % projector.window_pattern == 0
        x = g.layer(
            x, number, g.patches, centred=centred, place=lambda q: g.rope(q, positions),
            mask=None if whole else mask,
        )  # fmt: skip
    if g.named("v.post_ln.weight") is not None:
        x = g.normed(x, "v.post_ln", centred=centred)
    x = g.reshape(x, projector.width * 4, g.patches // 4, 1)
    x = g.two_layers(x, "mm.0", "mm.2")
    if windows:
        back = g.input(I32, g.patches // 4)
        x = g.get_rows(g.reshape(x, projector.projection, g.patches // 4), back)
        x = g.reshape(x, projector.projection, g.patches // 4, 1)
    g.expand(x)


def qwen3vl(g: ProjectorGraph) -> None:
    """Features of some layers beside those of the last."""
    projector = g.projector
    x = _two_frames(g)
    bias = g.named("v.patch_embd.bias")
    if bias is not None:
        x = g.add(x, bias)
    table = resized_table(g, g.needed("v.position_embd.weight"))
    x = g.add(x, _by_squares(g, table))
    positions = g.input(I32, g.patches * 4)
    if g.named("v.pre_ln.weight") is not None:
        x = g.normed(x, "v.pre_ln", centred=True)
    merge = projector.merge**2
    features = None
    for number in range(projector.layers):
        x = g.layer(x, number, g.patches, centred=True, place=lambda q: g.rope(q, positions))
        names = f"v.deepstack.{number}"
        if g.named(f"{names}.fc1.weight") is not None:
            feature = g.reshape(x, projector.width * merge, g.patches // merge, 1)
            feature = g.normed(feature, f"{names}.norm", centred=True)
            feature = g.two_layers(feature, f"{names}.fc1", f"{names}.fc2")
            features = feature if features is None else g.concat(features, feature, 0)
    if g.named("v.post_ln.weight") is not None:
        x = g.normed(x, "v.post_ln", centred=True)
    x = g.reshape(x, projector.width * 4, g.patches // 4, 1)
    x = g.two_layers(x, "mm.0", "mm.2")
    g.expand(x if features is None else g.concat(x, features, 0))


BUILDERS: Final[Mapping[str, Callable[[ProjectorGraph], None]]] = {
    "gemma3": gemma3,
    "idefics3": idefics3,
    "lfm2": lfm2,
    "janus_pro": janus_pro,
    "internvl": internvl,
    "mlp": llava,
    "pixtral": pixtral,
    "lightonocr": pixtral,
    "qwen2vl_merger": qwen2vl,
    "qwen2.5vl_merger": qwen2vl,
    "qwen3vl_merger": qwen3vl,
}
"""Which function builds which kind."""
