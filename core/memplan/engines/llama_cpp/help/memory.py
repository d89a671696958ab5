"""Articles about the parts of llama.cpp's memory, and the options that change them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from memplan.engines.llama_cpp.help.topics import LlamaCppTopic
from memplan.language import marked
from memplan.wording.help.article import Article
from memplan.wording.help.topics import HelpTopic

_FOLDER = "Memplan: core/memplan/engines/llama_cpp"
_DEFAULTS = marked("llama.cpp b11434: common/arg.cpp and the server's start")

ARTICLES: Final[Mapping[StrEnum, Article]] = {
    LlamaCppTopic.WEIGHTS_DEVICE: Article(
        marked("Weights on the device, llama.cpp"),
        marked(
            "The tensors of the layers on the device, and the output. Where the file has no "
            "output tensor, a copy of the token embedding takes its place. Next-token layers are "
            "not loaded."
        ),
        marked(
            "Sum over these tensors of their bytes, each rounded up to 16 bytes on Vulkan, 128 on "
            "CUDA, 32 on Metal. On CUDA the last row of a quantised tensor is filled up to 512 "
            "elements."
        ),
        (
            "llama.cpp b11434: llama_model_loader::create_tensor",
            f"{_FOLDER}/weights.py, loaded_tensors",
        ),
        (LlamaCppTopic.GPU_LAYERS, LlamaCppTopic.EXPERTS_ON_HOST, LlamaCppTopic.WEIGHTS_HOST),
    ),
    LlamaCppTopic.WEIGHTS_HOST: Article(
        marked("Weights on the host, llama.cpp"),
        marked(
            "The token embedding, in which rows are only looked up, and all tensors of layers and "
            "experts that are kept off the device. They count on Metal only."
        ),
        marked("Sum over these tensors of their bytes, each rounded up to 64, 32 or 32 bytes."),
        (
            "llama.cpp b11434: llama_model_loader::create_tensor",
            f"{_FOLDER}/weights.py, loaded_tensors",
        ),
        (LlamaCppTopic.GPU_LAYERS, LlamaCppTopic.EXPERTS_ON_HOST, LlamaCppTopic.WEIGHTS_DEVICE),
    ),
    LlamaCppTopic.KV_CACHE: Article(
        marked("KV cache, llama.cpp"),
        marked(
            "Keys and values of the tokens in the context, for each layer that attends, where its "
            "layer is. Layers with a sliding window keep no more than the window needs. Latent "
            "attention (MLA) keeps one row for all heads, and no values."
        ),
        marked(
            "Sum over layers: cells × (bytes of a K row + bytes of a V row). Cells: context, "
            "rounded up to 256; window layers: min(cells, window × sequences + micro-batch), "
            "rounded up to 256. Row: KV heads × elements a head ÷ elements a block × bytes a block."
        ),
        (
            "llama.cpp b11434: llama-kv-cache.cpp, llama-kv-cache-iswa.cpp",
            f"{_FOLDER}/kv_cache.py, cache_formula",
        ),
        (LlamaCppTopic.CACHE_TYPES, LlamaCppTopic.WINDOW_CACHE, LlamaCppTopic.SHARED_CACHE),
    ),
    LlamaCppTopic.STATE: Article(
        marked("Recurrent state, llama.cpp"),
        marked(
            "What recurrent layers keep instead of keys and values: a rolling part (convolution or "
            "token shift) and the state proper. It does not grow with the context, but with the "
            "number of sequences."
        ),
        marked(
            "Sum over recurrent layers: (rolling part + state) elements × 4 bytes × sequences. "
            "Mamba 2: (convolution − 1) × (inner + 2 × groups × state) + state × inner."
        ),
        (
            "llama.cpp b11434: llama_hparams::n_embd_r, n_embd_s; llama-memory-recurrent.cpp",
            f"{_FOLDER}/recurrent_state.py, state_bytes",
        ),
        (LlamaCppTopic.SEQUENCES,),
    ),
    LlamaCppTopic.COMPUTE_DEVICE: Article(
        marked("Compute buffers on the device, llama.cpp"),
        marked(
            "What the graph of one micro-batch takes at its widest point. Memplan builds that "
            "graph operation by operation, gives each to a device or the host, and places every "
            "tensor as llama.cpp does. It differs between versions of llama.cpp."
        ),
        marked(
            "Most dense models with flash attention: 2 × micro-batch × cells + 16 × "
            "micro-batch × width + max(12 × micro-batch × feed-forward width, 4 × vocabulary × "
            "rows of logits) bytes, and small inputs. Others: from the graph."
        ),
        (
            marked(
                "llama.cpp b11434 (Vulkan) and v0.5.0 (CUDA): "
                "ggml_gallocr, as its dry run reports it"
            ),
            f"{_FOLDER}/graph/buffers.py, compute_buffers",
        ),
        (HelpTopic.BAND, LlamaCppTopic.MICRO_BATCH, LlamaCppTopic.FLASH_ATTENTION),
    ),
    LlamaCppTopic.COMPUTE_HOST: Article(
        marked("Compute buffers on the host, llama.cpp"),
        marked(
            "The inputs of the graph in host memory – mask, positions, row numbers – and the "
            "looked-up embeddings. It grows with the context through the mask only."
        ),
        marked(
            "16 × width × micro-batch + 2 × micro-batch × cells of each mask + small inputs, in "
            "bytes (Vulkan, flash attention)."
        ),
        (
            marked(
                "llama.cpp b11434 (Vulkan) and v0.5.0 (CUDA): "
                "ggml_gallocr, as its dry run reports it"
            ),
            f"{_FOLDER}/graph/buffers.py, compute_buffers",
        ),
        (HelpTopic.BAND, LlamaCppTopic.MICRO_BATCH),
    ),
    LlamaCppTopic.OUTPUT: Article(
        marked("Output buffer, llama.cpp"),
        marked(
            "Room in host memory for what a batch answers at the start: a row of logits for each "
            "sequence, or its embedding where the model has no output."
        ),
        marked("vocabulary × sequences × 4 bytes; embeddings: width × sequences × 4 bytes."),
        (
            "llama.cpp b11434: llama_context::output_reserve",
            f"{_FOLDER}/output.py, output_bytes",
        ),
        (LlamaCppTopic.SEQUENCES,),
    ),
    LlamaCppTopic.CACHE_TYPES: Article(
        marked("KV cache types (--cache-type-k, --cache-type-v)"),
        marked(
            "The type of the elements of K and of V. Smaller types take less memory and are less "
            "exact; a quantised V needs flash attention. On CUDA a quantised cache wants a 16-bit "
            "copy of one layer in the compute buffer."
        ),
        marked(
            "Bytes an element: f32 4; f16 and bf16 2; q8_0 34 ÷ 32; q5_1 24 ÷ 32; q5_0 22 ÷ 32; "
            "q4_1 20 ÷ 32; q4_0 and iq4_nl 18 ÷ 32."
        ),
        (
            marked("llama.cpp b11434: ggml's block sizes"),
            f"{_FOLDER}/settings.py, cache_tensor_type",
        ),
        (LlamaCppTopic.KV_CACHE, LlamaCppTopic.FLASH_ATTENTION),
    ),
    LlamaCppTopic.FLASH_ATTENTION: Article(
        marked("Flash attention (--flash-attn)"),
        marked(
            "Attention as one fused operation, which stores no scores. Without it the compute "
            "buffer holds the scores of a layer, which grow with the context, and the mask takes "
            "twice the bytes. Auto: on wherever the engine has it."
        ),
        marked("Without: + 4 × heads × cells × micro-batch bytes for the scores of a layer."),
        (
            marked("llama.cpp b11434: llama_init_from_model; the graph of each architecture"),
            f"{_FOLDER}/graph/model_graph.py, ModelGraph",
        ),
        (LlamaCppTopic.COMPUTE_DEVICE, LlamaCppTopic.MICRO_BATCH),
    ),
    LlamaCppTopic.GPU_LAYERS: Article(
        marked("GPU layers (--n-gpu-layers)"),
        marked(
            "How many layers are on the device, from the last to the first; the output counts as "
            "one. A layer's KV cache goes with it. The others are computed on the CPU, which is "
            "slower."
        ),
        marked("First layer on the device = layers + 1 − --n-gpu-layers."),
        (
            "llama.cpp b11434: llama_model_base::load_tensors",
            f"{_FOLDER}/devices.py, place",
        ),
        (LlamaCppTopic.WEIGHTS_DEVICE, LlamaCppTopic.WEIGHTS_HOST),
    ),
    LlamaCppTopic.SPLIT: Article(
        marked("Split over GPUs (--split-mode, --tensor-split, --main-gpu)"),
        marked(
            "By default each GPU takes as many layers as its share of the memory that is free when "
            "the model is loaded; --tensor-split gives the shares instead, as proportions. With "
            "--split-mode none the main GPU has everything. The modes row and tensor are not "
            "planned: CUDA, HIP and Vulkan refuse the first, and of the second llama.cpp tells "
            "only the sum over all GPUs. A set share keeps --fit from moving layers."
        ),
        marked(
            "A layer goes to the first GPU up to which the shares sum to more than the part of the "
            "layers before it, in 32-bit floating-point numbers."
        ),
        (
            "llama.cpp b11434: llama_prepare_model_devices, load_tensors; common/arg.cpp",
            f"{_FOLDER}/devices.py, split_layers",
        ),
        (LlamaCppTopic.GPU_LAYERS, LlamaCppTopic.FIT_TARGET),
    ),
    LlamaCppTopic.EXPERTS_ON_HOST: Article(
        marked("Experts on the host (--n-cpu-moe, --cpu-moe)"),
        marked(
            "Keeps the experts of so many first layers in host memory. Experts are most of the "
            "bytes of a mixture-of-experts model, and only few are used for a token, so this "
            "costs less speed than whole layers on the host."
        ),
        marked("On the host: tensors ffn_(up|down|gate|gate_up)_exps of layers below the number."),
        ("llama.cpp b11434: common/arg.cpp", f"{_FOLDER}/weights.py, loaded_tensors"),
        (LlamaCppTopic.GPU_LAYERS, LlamaCppTopic.WEIGHTS_HOST),
    ),
    LlamaCppTopic.SEQUENCES: Article(
        marked("Sequences (--parallel)"),
        marked(
            "Chats at a time: the slots of a server. They share the context. Each has a recurrent "
            "state and a row of logits of its own; window layers keep a window for each."
        ),
        marked("Default: llama-server 4, llama-cli 1. State and output: × sequences."),
        (_DEFAULTS, f"{_FOLDER}/options.py, DEFAULT_SEQUENCES"),
        (LlamaCppTopic.SHARED_CACHE, LlamaCppTopic.STATE, LlamaCppTopic.OUTPUT),
    ),
    LlamaCppTopic.SHARED_CACHE: Article(
        marked("Shared cache (--kv-unified)"),
        marked(
            "One KV cache for all sequences, or one for each, between which the context is "
            "divided. Auto: shared, unless a number of sequences is set."
        ),
        marked(
            "Shared: cells = context rounded up to 256. One each: context ÷ sequences, rounded up "
            "to 256, times sequences."
        ),
        (
            "llama.cpp b11434: llama_context; common/arg.cpp",
            f"{_FOLDER}/cells.py, CacheGeometry",
        ),
        (LlamaCppTopic.SEQUENCES, LlamaCppTopic.KV_CACHE, HelpTopic.CEILING),
    ),
    LlamaCppTopic.MICRO_BATCH: Article(
        marked("Micro-batch (--ubatch-size)"),
        marked(
            "Tokens that are computed at once. Compute buffers grow with it in proportion; a "
            "smaller one makes reading a long prompt slower. No micro-batch is longer than the "
            "batch or the context."
        ),
        marked("min(--ubatch-size, --batch-size, context) tokens; default 512."),
        (_DEFAULTS, f"{_FOLDER}/settings.py, Settings"),
        (LlamaCppTopic.COMPUTE_DEVICE, LlamaCppTopic.BATCH),
    ),
    LlamaCppTopic.BATCH: Article(
        marked("Batch size (--batch-size)"),
        marked(
            "Tokens that are handed over at once, and then computed micro-batch by micro-batch. "
            "It changes memory only where it is smaller than the micro-batch."
        ),
        marked("Limits the micro-batch; default 2,048 tokens."),
        (_DEFAULTS, f"{_FOLDER}/options.py, DEFAULT_BATCH_TOKENS"),
        (LlamaCppTopic.MICRO_BATCH,),
    ),
    LlamaCppTopic.CACHE_PLACE: Article(
        marked("KV cache beside its layer (--no-kv-offload)"),
        marked(
            "By default a layer's KV cache and recurrent state are where the layer is. With "
            "--no-kv-offload they are in host memory, which saves the device's and is slower."
        ),
        marked("Off: all KV cache and recurrent state on the host."),
        (
            "llama.cpp b11434: llama-kv-cache.cpp",
            f"{_FOLDER}/placement.py, Placement",
        ),
        (LlamaCppTopic.KV_CACHE, LlamaCppTopic.GPU_LAYERS),
    ),
    LlamaCppTopic.WINDOW_CACHE: Article(
        marked("Whole cache for window layers (--swa-full)"),
        marked(
            "Gives layers with a sliding window a cache of the whole context, so that a prompt's "
            "beginning can be used again. It takes more memory in models with such layers, and "
            "nothing in others."
        ),
        marked("On: cells of window layers = cells of the others."),
        (
            "llama.cpp b11434: llama-kv-cache-iswa.cpp",
            f"{_FOLDER}/cells.py, CacheGeometry",
        ),
        (LlamaCppTopic.KV_CACHE,),
    ),
    LlamaCppTopic.PROGRAM: Article(
        marked("Program"),
        marked(
            "The program whose defaults apply. llama-server has four slots that share one cache, "
            "and computes a row of logits for each slot; llama-cli has one sequence, and computes "
            "a row for each token of a micro-batch."
        ),
        marked("Rows of logits: llama-server = sequences, llama-cli = micro-batch."),
        (_DEFAULTS, f"{_FOLDER}/settings.py, resolve_settings"),
        (LlamaCppTopic.SEQUENCES, LlamaCppTopic.COMPUTE_DEVICE),
    ),
}
