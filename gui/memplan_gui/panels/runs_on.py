"""The controls for engine, backend, device, budget and context."""

from __future__ import annotations

from memplan.detection import Detection
from memplan.detection.choices import DeviceChoice
from memplan.engines.registry import ENGINES, engine_named
from memplan.language import marked, tr
from memplan.planning.planner import Plan
from memplan.request import Backend, Request
from memplan.units import MIB, ByteUnits, format_tokens
from memplan.wording.detection import problem_sentence
from memplan.wording.help.lookup import automatic_topic, budget_topic
from memplan.wording.help.topics import HelpTopic
from memplan.wording.titles import BACKEND_TITLES
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QSizePolicy

from memplan_gui.panels.device_box import DeviceBox
from memplan_gui.panels.machine_rows import MachineRows
from memplan_gui.panels.starter_row import StarterRow
from memplan_gui.scales import BUDGET_SCALE, LogScale, context_scale
from memplan_gui.session import Session
from memplan_gui.widgets.form import Card, Field, Form, describe
from memplan_gui.widgets.number_fields import BytesField, TokensField
from memplan_gui.widgets.scale_slider import ScaleSlider
from memplan_gui.widgets.segmented import Segmented
from memplan_gui.widgets.topics import explain

_ENGINE = Field(
    marked("E&ngine"),
    marked("The program that runs the model; each plans its memory its own way"),
)
_BACKEND = Field(
    marked("B&ackend"),
    marked(
        "The interface to the GPU. Metal counts device and host memory together, as they are one"
    ),
)
_DEVICE = Field(
    marked("&Device"),
    marked("A GPU or Mac, of this machine or not: sets the budget to its memory"),
)
_BUDGET = Field(
    marked("&Budget"),
    marked(
        "Memory that the engine may use: all of a GPU's, or the working set of a Mac. "
        "Also the line in the chart, which can be dragged"
    ),
    "GiB",
)
_TOTAL = Field(
    marked("Total memor&y"),
    marked(
        "All memory of the Mac: beyond it the model does not fit, "
        "beyond the budget alone it is tight"
    ),
    "GiB",
)
_CONTEXT = Field(
    marked("&Context"),
    marked(
        "Tokens to plan for; understands 32K. Also the marker in the chart, which can be dragged"
    ),
    marked("tokens"),
)
_AUTOMATIC_HELP = marked("Let the engine choose the context from the memory that there is")
_UNKNOWN_CEILING_TOKENS = 131_072


class RunsOnPanel(Card):
    """Shows the request's engine, backend, budget and context, and asks for others."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Runs on"))
        self._session = session
        self._auto_tokens: int | None = None
        self._context_scale: LogScale = context_scale(_UNKNOWN_CEILING_TOKENS)
        self.engine = Segmented([(name, engine.title) for name, engine in ENGINES.items()])
        self.backend = Segmented([(name, BACKEND_TITLES[name]) for name in Backend])
        self.device = DeviceBox()
        self.device_note = QLabel()
        self.budget = BytesField()
        self.budget_slider = ScaleSlider(BUDGET_SCALE, MIB)
        self.total = BytesField()
        self.machine = MachineRows(session)
        self.context = TokensField(step_tokens=512)
        self.context_slider = ScaleSlider(self._context_scale, 1)
        self.starter = StarterRow(session)
        self.automatic = QCheckBox(tr("Auto&matic"))
        self._prepare()
        self._lay_out()
        self._connect()
        self.show_request(session.request)

    def _prepare(self) -> None:
        self.device_note.setProperty("role", "muted")
        self.device_note.setTextFormat(Qt.TextFormat.PlainText)
        self.device_note.setWordWrap(True)
        self.device_note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.device_note.hide()
        self.total.setSpecialValueText(tr("Same as the budget"))
        self.context.set_automatic_text(tr("Automatic"), 0)

    def _lay_out(self) -> None:
        form = Form()
        form.add(_ENGINE, self.engine)
        form.add(_BACKEND, self.backend)
        device_label = form.add(_DEVICE, self.device)
        form.addWidget(self.device_note, form.rowCount(), 0, 1, 2)
        budget_label = form.add(_BUDGET, self.budget, self.budget_slider)
        self._of_one_device = (
            device_label,
            self.device,
            budget_label,
            self.budget,
            self.budget_slider,
        )
        self._total_label = form.add(_TOTAL, self.total)
        form.addWidget(self.machine, form.rowCount(), 0, 1, 2)
        form.add(_CONTEXT, self.context, self.context_slider)
        self.budget_slider.setAccessibleName(tr("Budget (MiB), slider"))
        describe(self.automatic, tr("Automatic context"), tr(_AUTOMATIC_HELP))
        form.addWidget(self.automatic, form.rowCount(), 1)
        form.addWidget(self.starter, form.rowCount(), 0, 1, 2)
        explain(HelpTopic.ENGINE, self.engine)
        explain(HelpTopic.BACKEND, self.backend)
        explain(HelpTopic.TOTAL_MEMORY, self.total)
        explain(HelpTopic.REQUESTED, self.context, self.context_slider)
        self.body.addLayout(form)

    def _connect(self) -> None:
        session = self._session
        session.request_changed.connect(self.show_request)
        session.plan_changed.connect(self._show_plan)
        self.engine.chosen.connect(self._choose_engine)
        self.backend.chosen.connect(self._choose_backend)
        self.device.chosen.connect(self._choose_device)
        self.budget.bytes_changed.connect(self._change_budget)
        self.budget_slider.value_chosen.connect(self._change_budget)
        self.total.bytes_changed.connect(self._change_total)
        self.context.tokens_changed.connect(self._change_context)
        self.context_slider.value_chosen.connect(self._change_context)
        self.automatic.toggled.connect(self._toggle_automatic)
        for field in (self.budget, self.total, self.context):
            field.editingFinished.connect(session.end_gesture)
        for slider in (self.budget_slider, self.context_slider):
            slider.sliderPressed.connect(session.end_gesture)
            slider.sliderReleased.connect(session.end_gesture)

    # What the session says

    def show_request(self, request: Request) -> None:
        """Show a request in every control."""
        self.engine.set_value(request.engine)
        self.backend.set_offered(engine_named(request.engine).backends)
        self.backend.set_value(request.backend)
        metal = request.backend is Backend.METAL
        explain(budget_topic(request.backend), self.budget, self.budget_slider)
        explain(automatic_topic(request.engine), self.automatic)
        for widget in (self.total, self._total_label):
            widget.setVisible(metal)
        self.total.set_bytes(request.total_memory_bytes or 0)
        self.machine.show_request(request)
        one = len(request.machine.devices) == 1
        for control in self._of_one_device:
            control.setVisible(one)
        if one:
            self._show_device()
            self.budget.set_bytes(request.budget_bytes)
            self.budget_slider.show_value(request.budget_bytes)
        self.context.set_tokens(request.context_tokens or 0)
        with QSignalBlocker(self.automatic):
            self.automatic.setChecked(request.context_tokens is None)
        self._show_context_position(request)

    def set_units(self, units: ByteUnits) -> None:
        """Write bytes in other units."""
        self.budget.set_units(units)
        self.total.set_units(units)
        self.device.set_units(units)
        self.machine.set_units(units)
        self._show_device()

    def show_search(self) -> None:
        """Say that this machine's devices are being looked for."""
        self.device_note.hide()
        self.device.set_searching()
        self.machine.set_searching()
        self._show_device()

    def show_detection(self, detection: Detection) -> None:
        """Offer this machine's devices, or say why there are none."""
        self.device_note.setText(problem_sentence(detection))
        self.device_note.setVisible(detection.problem is not None)
        self.device.set_detection(detection)
        self.machine.set_detection(detection)
        self._show_device()

    def _show_plan(self, plan: Plan) -> None:
        self._auto_tokens = plan.markers.auto_tokens
        self._context_scale = context_scale(plan.markers.ceiling_tokens)
        self.context_slider.set_scale(self._context_scale)
        tokens = format_tokens(plan.markers.auto_tokens)
        text = tr("Automatic ({tokens})").format(tokens=tokens)
        self.context.set_automatic_text(text, plan.markers.auto_tokens)
        self._show_context_position(plan.request)

    def _show_context_position(self, request: Request) -> None:
        tokens = request.context_tokens or self._auto_tokens or self._context_scale.first
        self.context_slider.show_value(tokens)

    def _show_device(self) -> None:
        if len(self._session.request.machine.devices) > 1:
            self.machine.show_request(self._session.request)
            return
        self.device.show_request(self._session.request)

    # What the user asks for

    def _choose_engine(self, engine: str) -> None:
        offered = engine_named(engine).backends
        current = self._session.request.backend
        backend = current if current in offered else offered[0]
        self._session.end_gesture()
        self._session.change(tr("Engine"), engine=engine, backend=backend)
        self._session.end_gesture()

    def _choose_backend(self, backend: Backend) -> None:
        self._session.end_gesture()
        self._session.change(tr("Backend"), backend=backend)
        self._session.end_gesture()

    def _choose_device(self, choice: DeviceChoice) -> None:
        request = self._session.request
        self._session.end_gesture()
        self._session.change(
            tr("Device"), **choice.changes(request, engine_named(request.engine).backends)
        )
        self._session.end_gesture()

    def _change_budget(self, budget_bytes: int) -> None:
        self._session.change(tr("Budget"), budget_bytes=budget_bytes)

    def _change_total(self, total_bytes: int) -> None:
        self._session.change(tr("Total memory"), total_memory_bytes=total_bytes or None)

    def _change_context(self, context_tokens: int) -> None:
        self._session.change(tr("Context"), context_tokens=context_tokens or None)

    def _toggle_automatic(self, checked: bool) -> None:
        tokens = None if checked else (self._auto_tokens or self._context_scale.last)
        self._session.end_gesture()
        self._session.change(tr("Context"), context_tokens=tokens)
        self._session.end_gesture()
