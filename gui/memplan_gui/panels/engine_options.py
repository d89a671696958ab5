"""The options of llama.cpp that change memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from memplan.engines.llama_cpp.options import MAX_SEQUENCES, CacheType, LlamaCppOptions, Program
from memplan.engines.llama_cpp.settings import (
    DEFAULT_BATCH_TOKENS,
    DEFAULT_SEQUENCES,
    DEFAULT_UBATCH_TOKENS,
)
from memplan.language import marked, tr
from memplan.model import Model
from memplan.request import Request
from memplan.units import ByteUnits, format_count
from memplan.wording.help.topics import HelpTopic
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from memplan_gui.session import Session
from memplan_gui.widgets.form import Card, Field, Form, describe
from memplan_gui.widgets.number_fields import BytesField, CountField
from memplan_gui.widgets.segmented import Segmented
from memplan_gui.widgets.topics import explain

_CACHE_TYPES = Field(
    marked("&K, V cache type"),
    marked(
        "Type of the KV cache, of K and of V (--cache-type-k, --cache-type-v): smaller types take "
        "less memory and are less exact; a smaller V needs flash attention"
    ),
)
_FLASH = Field(
    marked("Flash attenti&on"),
    marked(
        "Attention as one fused operation (--flash-attn): without it the compute buffer grows with "
        "the context. Auto: on wherever the engine has it"
    ),
)
_LAYERS = Field(
    marked("&GPU layers"),
    marked("Layers on the device, the output counting as one (--n-gpu-layers)"),
    marked("layers"),
)
_EXPERTS = Field(
    marked("E&xperts on host"),
    marked(
        "First layers whose experts stay in host memory (--n-cpu-moe, --cpu-moe): less on the "
        "device, but slower"
    ),
    marked("layers"),
)
_SEQUENCES = Field(
    marked("Se&quences"),
    marked("Chats at a time, the slots of a server (--parallel); they share the context"),
    marked("sequences"),
)
_SHARED = Field(
    marked("&Shared cache"),
    marked(
        "One KV cache for all sequences, or one each (--kv-unified). Auto: shared unless a number "
        "of sequences is set"
    ),
)
_UBATCH = Field(
    marked("Micro-batch si&ze"),
    marked(
        "Tokens computed at once (--ubatch-size): fewer make the compute buffer smaller, and "
        "reading a long prompt slower"
    ),
    marked("tokens"),
)
_PROGRAM = Field(marked("P&rogram"), marked("The program whose defaults apply"))
_BATCH = Field(
    marked("Ba&tch size"), marked("Tokens handed over at once (--batch-size)"), marked("tokens")
)
_FIT_TARGET = Field(
    marked("Left free"),
    marked("Memory that --fit leaves free on the device (--fit-target)"),
    "MiB",
)
_LARGEST = Field(
    marked("Largest buffer"),
    marked(
        "The largest single buffer that the device gives, such as 4 GiB with many Vulkan drivers; "
        "larger tensors cannot be loaded"
    ),
    "GiB",
)
_OFFLOAD_HELP = marked(
    "Keep the KV cache where its layer is, else in host memory (--no-kv-offload)"
)
_SWA_HELP = marked(
    "Give window layers a cache of the whole context (--swa-full): more memory, reusable"
)

_UNKNOWN_LAYERS = 999
_MORE: Final = (
    "program", "batch_size", "kv_offload", "swa_full", "fit_target_mib", "max_allocation_bytes",
)  # fmt: skip
"""The options that are hidden at first."""


class Choice(StrEnum):
    """Three states of an option that the engine may choose itself."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


_CHOICES: Final = {Choice.AUTO: None, Choice.ON: True, Choice.OFF: False}
_CHOICE_TITLES: Final = (
    (Choice.AUTO, marked("Auto")),
    (Choice.ON, marked("On")),
    (Choice.OFF, marked("Off")),
)


def _choice_of(value: bool | None) -> Choice:
    return next(choice for choice, meaning in _CHOICES.items() if meaning is value)


class LlamaCppOptionsCard(Card):
    """Shows the options of llama.cpp, and asks for others."""

    def __init__(self, session: Session) -> None:
        super().__init__("llama.cpp")
        self._session = session
        self._layers = _UNKNOWN_LAYERS
        self.cache_type_k, self.cache_type_v = QComboBox(), QComboBox()
        self.flash_attn = Segmented([(choice, tr(title)) for choice, title in _CHOICE_TITLES])
        self.gpu_layers = CountField()
        self.cpu_moe = CountField()
        self.parallel = CountField(MAX_SEQUENCES)
        self.kv_unified = Segmented([(choice, tr(title)) for choice, title in _CHOICE_TITLES])
        self.ubatch = CountField(step=64)
        self.program = Segmented([(p, p.value) for p in Program])
        self.batch = CountField(step=256)
        self.kv_offload = QCheckBox(tr("KV cache beside &its layer"))
        self.swa_full = QCheckBox(tr("&Whole cache for window layers"))
        self.fit_target = CountField(step=256, suffix=" MiB")
        self.largest_buffer = BytesField()
        self.more = QPushButton()
        self._more_rows = QWidget()
        self._prepare()
        self._lay_out()
        self._connect()
        self._show_layers()
        self.show_request(session.request)
        self._open_more(False)
        if session.model is not None:
            self._show_model(session.model)

    def _prepare(self) -> None:
        for combo in (self.cache_type_k, self.cache_type_v):
            combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            for cache_type in CacheType:
                combo.addItem(cache_type.value)
        self.ubatch.set_default(DEFAULT_UBATCH_TOKENS)
        self.batch.set_default(DEFAULT_BATCH_TOKENS)
        self.largest_buffer.setSpecialValueText(tr("Not known"))
        self.more.setProperty("role", "link")
        self.more.setCheckable(True)

    def _lay_out(self) -> None:
        form = Form()
        types = self.cache_type_k, self.cache_type_v
        form.add_pair(_CACHE_TYPES, types, (tr("K cache type"), tr("V cache type")))
        form.add(_FLASH, self.flash_attn)
        form.add(_LAYERS, self.gpu_layers)
        self._experts_label = form.add(_EXPERTS, self.cpu_moe)
        form.add(_SEQUENCES, self.parallel)
        form.add(_SHARED, self.kv_unified)
        form.add(_UBATCH, self.ubatch)
        self.body.addLayout(form)
        self.body.addWidget(self.more)
        self._lay_out_more()
        self.body.addWidget(self._more_rows)

    def _lay_out_more(self) -> None:
        form = Form()
        form.setContentsMargins(0, 0, 0, 0)
        form.add(_PROGRAM, self.program)
        form.add(_BATCH, self.batch)
        form.add(_FIT_TARGET, self.fit_target)
        form.add(_LARGEST, self.largest_buffer)
        describe(self.kv_offload, tr("KV cache beside its layer"), tr(_OFFLOAD_HELP))
        describe(self.swa_full, tr("Whole cache for window layers"), tr(_SWA_HELP))
        for box in (self.kv_offload, self.swa_full):
            form.addWidget(box, form.rowCount(), 0, 1, 2)
        self._more_rows.setLayout(form)
        self._explain()

    def _explain(self) -> None:
        explain(HelpTopic.CACHE_TYPES, self.cache_type_k, self.cache_type_v)
        for topic, control in (
            (HelpTopic.FLASH_ATTENTION, self.flash_attn),
            (HelpTopic.GPU_LAYERS, self.gpu_layers),
            (HelpTopic.EXPERTS_ON_HOST, self.cpu_moe),
            (HelpTopic.SEQUENCES, self.parallel),
            (HelpTopic.SHARED_CACHE, self.kv_unified),
            (HelpTopic.MICRO_BATCH, self.ubatch),
            (HelpTopic.PROGRAM, self.program),
            (HelpTopic.BATCH, self.batch),
            (HelpTopic.FIT_TARGET, self.fit_target),
            (HelpTopic.LARGEST_BUFFER, self.largest_buffer),
            (HelpTopic.CACHE_PLACE, self.kv_offload),
            (HelpTopic.WINDOW_CACHE, self.swa_full),
        ):
            explain(topic, control)

    def _connect(self) -> None:
        session = self._session
        session.request_changed.connect(self.show_request)
        session.model_changed.connect(self._show_model)
        self.cache_type_k.activated.connect(self._choose_cache_types)
        self.cache_type_v.activated.connect(self._choose_cache_types)
        self._on_choice(self.flash_attn, "flash_attn", tr("Flash attention"))
        self._on_choice(self.kv_unified, "kv_unified", tr("Shared cache"))
        self.program.chosen.connect(lambda value: self._choose(tr("Program"), program=value))
        self.kv_offload.toggled.connect(
            lambda on: self._choose(tr("KV cache beside its layer"), kv_offload=on)
        )
        self.swa_full.toggled.connect(
            lambda on: self._choose(tr("Whole cache for window layers"), swa_full=on)
        )
        self._on_count(self.parallel, lambda n: self._change(tr("Sequences"), parallel=n or None))
        self._on_count(
            self.ubatch, lambda n: self._change(tr("Micro-batch"), ubatch_size=n or None)
        )
        self._on_count(self.batch, lambda n: self._change(tr("Batch"), batch_size=n or None))
        self._on_count(self.fit_target, lambda n: self._change(tr("Left free"), fit_target_mib=n))
        self._on_count(self.gpu_layers, self._change_layers)
        self._on_count(self.cpu_moe, self._change_experts)
        self.largest_buffer.bytes_changed.connect(
            lambda count: self._change(tr("Largest buffer"), max_allocation_bytes=count or None)
        )
        self.largest_buffer.editingFinished.connect(session.end_gesture)
        self.more.toggled.connect(self._open_more)

    def _on_choice(self, control: Segmented, name: str, text: str) -> None:
        control.chosen.connect(lambda value: self._choose(text, **{name: _CHOICES[value]}))

    def _on_count(self, control: CountField, change: Callable[[int], None]) -> None:
        control.count_changed.connect(change)
        control.editingFinished.connect(self._session.end_gesture)

    # What the session says

    def show_request(self, request: Request) -> None:
        """Show a request in every control."""
        options = request.llama_cpp
        self.cache_type_k.setCurrentText(options.cache_type_k.value)
        self.cache_type_v.setCurrentText(options.cache_type_v.value)
        self.flash_attn.set_value(_choice_of(options.flash_attn))
        self.kv_unified.set_value(_choice_of(options.kv_unified))
        self.program.set_value(options.program)
        self.parallel.set_default(DEFAULT_SEQUENCES[options.program])
        self.parallel.set_count(options.parallel or 0)
        self.ubatch.set_count(options.ubatch_size or 0)
        self.batch.set_count(options.batch_size or 0)
        self.fit_target.set_count(options.fit_target_mib)
        self.largest_buffer.set_bytes(options.max_allocation_bytes or 0)
        for box, on in ((self.kv_offload, options.kv_offload), (self.swa_full, options.swa_full)):
            with QSignalBlocker(box):
                box.setChecked(on)
        self._show_layer_counts(options)
        self._name_more()

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self.largest_buffer.set_units(units)

    def _show_model(self, model: Model) -> None:
        self._layers = model.dimensions.layers or _UNKNOWN_LAYERS
        for widget in (self._experts_label, self.cpu_moe):
            widget.setVisible(model.dimensions.experts > 0)
        self._show_layers()

    def _show_layers(self) -> None:
        self.gpu_layers.set_all(self._layers + 1)
        self.cpu_moe.set_all(self._layers)
        self._show_layer_counts(self._session.request.llama_cpp)

    def _show_layer_counts(self, options: LlamaCppOptions) -> None:
        every = self._layers + 1
        layers = every if options.n_gpu_layers is None else min(options.n_gpu_layers, every)
        self.gpu_layers.set_count(layers)
        self.cpu_moe.set_count(
            self._layers if options.cpu_moe else min(options.n_cpu_moe, self._layers)
        )

    def _open_more(self, opened: bool) -> None:
        self._more_rows.setVisible(opened)
        self._name_more()

    def _name_more(self) -> None:
        """Say how many of the hidden options are not as usual."""
        options, usual = self._session.request.llama_cpp, LlamaCppOptions()
        changed = sum(getattr(options, name) != getattr(usual, name) for name in _MORE)
        opened = self.more.isChecked()
        text = tr("Ad&just fewer options") if opened else tr("Ad&just more options")
        some = tr("Ad&just more options ({count} set)").format(count=format_count(changed))
        self.more.setText(some if changed and not opened else text)
        describe(
            self.more,
            text.replace("&", ""),
            tr("Program, batch, what stays free, the largest buffer, and where the cache is"),
        )

    # What the user asks for

    def _choose_cache_types(self) -> None:
        self._choose(
            tr("KV cache type"),
            cache_type_k=CacheType(self.cache_type_k.currentText()),
            cache_type_v=CacheType(self.cache_type_v.currentText()),
        )

    def _change_layers(self, count: int) -> None:
        self._change(tr("GPU layers"), n_gpu_layers=None if count > self._layers else count)

    def _change_experts(self, count: int) -> None:
        every = count >= self._layers
        self._change(tr("Experts on host"), cpu_moe=every, n_cpu_moe=0 if every else count)

    def _choose(self, text: str, **changes: Any) -> None:
        """Change as a step of its own."""
        self._session.end_gesture()
        self._change(text, **changes)
        self._session.end_gesture()

    def _change(self, text: str, **changes: Any) -> None:
        """Change as a part of a gesture, such as typing."""
        options = replace(self._session.request.llama_cpp, **changes)
        self._session.change(text, llama_cpp=options)
