"""Articles about the model's card, the chart, comparisons and advice, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.language import marked
from memplan.wording.help.article import Article
from memplan.wording.help.topics import HelpTopic

ARTICLES: Final[Mapping[HelpTopic, Article]] = {
    HelpTopic.MODEL_WEIGHTS: Article(
        marked("Weights of the file"),
        marked("The bytes of all tensors in the file. What an engine makes of them may differ."),
        marked("Sum over all tensors: elements ÷ elements a block × bytes a block."),
        (
            marked("GGUF: the tensor table of the header"),
            "Memplan: core/memplan/reader/tensor_types.py, TENSOR_TYPES",
        ),
        (HelpTopic.MODEL_TENSORS,),
    ),
    HelpTopic.MODEL_TENSORS: Article(
        marked("Tensors of the file"),
        marked("How many tensors the header lists, in all files of a split model together."),
        marked("The count in the header; of a split model the sum over its files."),
        (
            marked("GGUF: tensor count of the header, split.tensors.count"),
            "Memplan: core/memplan/reader/header.py, Header",
        ),
        (HelpTopic.MODEL_WEIGHTS,),
    ),
    HelpTopic.MODEL_TOKENS: Article(
        marked("Tokens of the model"),
        marked("The context length for which the model was trained, as its header declares it."),
        marked("context_length of the architecture; 4,096 where there is none."),
        (
            marked("GGUF: context_length of the architecture"),
            "Memplan: core/memplan/model/dimensions.py, Dimensions",
        ),
        (HelpTopic.CEILING,),
    ),
    HelpTopic.MODEL_FACTS: Article(
        marked("Architecture, quantisation, layers, KV heads"),
        marked(
            "What the formulas need most of the header. The quantisation is the file type that it "
            "names, or the tensor type that takes the most bytes. KV heads are the largest number "
            "that a layer has."
        ),
        marked("block_count, attention.head_count_kv, general.file_type of the header."),
        (
            marked("GGUF: key-values of the header"),
            "Memplan: core/memplan/model/dimensions.py, Dimensions",
        ),
        (HelpTopic.MODEL_TOKENS,),
    ),
    HelpTopic.CHART: Article(
        marked("Chart"),
        marked(
            "Bytes that count over the context, a component on top of the other; the line on top "
            "is their sum. Hatched areas are estimates, the dots around the sum their band. "
            "Beyond the context that fits, the background is hatched. The budget and the context "
            "can be dragged."
        ),
        marked("At each context: the sum of the components that count."),
        ("Memplan: core/memplan/planning/planner.py, Curve",),
        (HelpTopic.CONTEXT_AXIS, HelpTopic.BYTES_AXIS, HelpTopic.COUNTS, HelpTopic.BAND),
    ),
    HelpTopic.CONTEXT_AXIS: Article(
        marked("Context axis"),
        marked(
            "Contexts in tokens. On the logarithmic axis each step to the right doubles them, so "
            "that short and long ones are readable. 4K is 4,096 tokens."
        ),
        marked("K = 1,024 tokens, M = 1,048,576 tokens."),
        ("Memplan: core/memplan/units.py, format_tokens_short",),
        (HelpTopic.CONTEXT, HelpTopic.CHART),
    ),
    HelpTopic.BYTES_AXIS: Article(
        marked("Axis of bytes"),
        marked(
            "Memory from 0 up, in GiB or GB. A budget far above the curve is not drawn to scale: "
            "its label at the top says how much it is."
        ),
        marked("1 GiB = 1,073,741,824 bytes, 1 GB = 1,000,000,000 bytes."),
        ("IEC 80000-13", "Memplan: core/memplan/units.py, ByteUnits"),
        (HelpTopic.CHART,),
    ),
    HelpTopic.OTHER_PLANS: Article(
        marked("Other plans"),
        marked(
            "The other engine's plan for the same request, and plans that you pinned, as lines "
            "over the chart and rows in the table. They are compared at one context, each with "
            "its own budget."
        ),
        marked("Against this = bytes that count of the other plan − those of this plan."),
        ("Memplan: core/memplan/planning/comparison.py, compare",),
        (HelpTopic.CROSSINGS, HelpTopic.DIFFERENCE),
    ),
    HelpTopic.CROSSINGS: Article(
        marked("Where curves cross"),
        marked(
            "The contexts from which on the other plan needs less than this one, or more. At the "
            "token before, the order is still the old one. A diamond marks them in the chart."
        ),
        marked("The first context at which the sign of the difference is another."),
        ("Memplan: core/memplan/planning/crossings.py, crossings",),
        (HelpTopic.OTHER_PLANS,),
    ),
    HelpTopic.DIFFERENCE: Article(
        marked("Why two plans differ"),
        marked(
            "Two plans component by component at one context, with the reasons that make each "
            "differ: another type, fewer cached layers, padding, another micro-batch."
        ),
        marked("Difference = bytes of the component in the other plan − bytes in this one."),
        ("Memplan: core/memplan/planning/comparison.py, compare",),
        (HelpTopic.OTHER_PLANS,),
    ),
    HelpTopic.FREES: Article(
        marked("What a change frees"),
        marked(
            "Each change is planned like any other request. It frees what then counts less at the "
            "same context; the context that is named fits once it is made. Sizes of other "
            "quantisations are worked out, not read."
        ),
        marked("Frees = bytes that count now − bytes that count after the change."),
        ("Memplan: core/memplan/planning/advice.py, advise",),
        (HelpTopic.COUNTS, HelpTopic.SOLVED),
    ),
    HelpTopic.SOLVED: Article(
        marked("Solved questions"),
        marked(
            "The question the other way round: the least budget, the most sequences or the best "
            "cache type for a context. Every answer is found by planning with it, so that using "
            "it gives what it says."
        ),
        marked("Least budget = bytes that count at the context. Others: the last that fits."),
        ("Memplan: core/memplan/planning/solve.py, solve",),
        (HelpTopic.COUNTS,),
    ),
    HelpTopic.DEVICE_REACH: Article(
        marked("Which context on which device"),
        marked(
            "The same request, planned with the memory of each device of the catalogue: the "
            "context with which the engine starts, and the longest that fits."
        ),
        marked("Budget = memory of the device; everything else as requested."),
        ("Memplan: core/memplan/planning/device_fits.py, fits_on_devices",),
        (HelpTopic.DEVICE,),
    ),
    HelpTopic.LIBRARY: Article(
        marked("Models on this computer"),
        marked(
            "Files in the folders in which LM Studio, Ollama, Hugging Face and other programs keep "
            "models, and in folders that you keep in the library. Each is planned for the machine "
            "and the options at the left, as if it were open. “Largest” is the longest context "
            "that fits with nothing moved to other memory. A header is read again when size or "
            "time of its file has changed."
        ),
        marked("One plan for each model; the rows in sight come first."),
        (
            "Memplan: core/memplan/library/places.py, library_places",
            "Memplan: core/memplan/library/assess.py, assess",
        ),
        (HelpTopic.VERDICT,),
    ),
    HelpTopic.LIMITS: Article(
        marked("What is left out"),
        marked(
            "The driver's own memory (a CUDA context takes roughly 100 to 550 MiB), fragmentation, "
            "descriptor and query pools. What is loaded beside the model, and what a server keeps "
            "in host memory while it serves, have articles of their own."
        ),
        marked("Leave room for them: less than 1 GiB left is called tight."),
        ("Memplan: core/memplan/planning/planner.py, TIGHT_BYTES",),
        (HelpTopic.TIGHT,),
    ),
    HelpTopic.ASSUMPTIONS: Article(
        marked("What is assumed"),
        marked(
            "Tensor data are as the header says, whether they are there or not. The model's card "
            "says what was assumed about the open model."
        ),
        marked("No formula of its own: a notice in the model's card for each assumption."),
        ("Memplan: core/memplan/model/__init__.py, NoticeKind",),
        (HelpTopic.LIMITS, HelpTopic.ENGINE),
    ),
}
