"""What images take while a projector is at work: a larger buffer, and tokens of the context.

The buffer is reserved for the image of the warm-up, and grows when a larger one comes. Source:
``tools/mtmd/clip.cpp`` of llama.cpp b11434.
"""

from __future__ import annotations

from collections.abc import Iterator

from memplan.engines.llama_cpp.options import LlamaCppOptions
from memplan.engines.llama_cpp.parts.components import projector_as_loaded, projector_of
from memplan.estimate import Growth, GrowthKind, Image
from memplan.memory.backend import Backend
from memplan.memory.component import Part, constant
from memplan.model import Model
from memplan.model.parts import parts_of


def image_growth(
    model: Model, options: LlamaCppOptions, backend: Backend, device: str, host: str
) -> Iterator[Growth]:
    """What the largest image takes of the memories ``device`` and ``host`` beyond the start.

    Nothing of a projector whose kind is not known.
    """
    for part in parts_of(model, Part.PROJECTOR):
        projector = projector_of(part)
        if projector.kind is None:
            continue
        largest = projector.largest_side(options.image_max_tokens or None)
        side = min(options.image_side or largest, largest)
        start = projector_as_loaded(part, options, backend)
        later = projector_as_loaded(part, options, backend, side)
        image = Image(side, later.tokens)
        more_device = max(later.device_bytes - start.device_bytes, 0)
        more_host = max(later.host_bytes - start.host_bytes, 0)
        home = device if options.mmproj_offload else host
        for pool, more_bytes in ((device, more_device), (host, more_host)):
            if more_bytes or pool == home:
                most = constant(more_bytes)
                yield Growth(GrowthKind.IMAGES, pool, most, most, image)
