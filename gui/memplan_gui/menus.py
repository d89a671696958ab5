"""The menu bar: every action of the window, with its shortcut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from memplan.addresses import public_address
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.units import ByteUnits, format_count
from memplan_resources.samples import SAMPLES
from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMenu, QMenuBar

from memplan_gui import exporting
from memplan_gui.appearance import ThemeChoice
from memplan_gui.exporting import FileExport, Shown
from memplan_gui.presenter import source_name
from memplan_gui.text_size import TEXT_SIZES
from memplan_gui.translating import LANGUAGE_NAMES, LanguageChoice
from memplan_gui.widgets.tooltips import as_written

_THEMES: Final[Mapping[ThemeChoice, str]] = exhaustive(
    ThemeChoice,
    {
        ThemeChoice.SYSTEM: marked("&System"),
        ThemeChoice.LIGHT: marked("&Light"),
        ThemeChoice.DARK: marked("&Dark"),
        ThemeChoice.HIGH_CONTRAST: marked("&High contrast"),
    },
)
_UNITS: Final[Mapping[ByteUnits, str]] = exhaustive(
    ByteUnits,
    {
        ByteUnits.BINARY: marked("Gi&B (multiples of {count})"),
        ByteUnits.DECIMAL: marked("&GB (multiples of {count})"),
    },
)

_MULTIPLES: Final = exhaustive(ByteUnits, {ByteUnits.BINARY: 1024, ByteUnits.DECIMAL: 1000})
_SAMPLE_KINDS: Final[Mapping[str, str]] = {
    "qwen3-8b": marked("dense"),
    "gpt-oss-20b": marked("mixture of experts, sliding windows"),
    "qwen3.5-9b": marked("hybrid with recurrent layers"),
    "gemma-3-12b": marked("dense, sliding windows"),
}


class Menus(QObject):
    """Builds the menus, and says which action was chosen.

    Attributes:
        samples: the menu of sample models, for the empty state too.

    Signals:
        open_requested(): a file is to be chosen.
        part_requested(): a file is to be chosen that is loaded beside the model.
        address_requested(): an address is to be typed.
        library_requested(): the models on this computer are to be listed.
        paste_requested(): what the clipboard names is to be opened.
        log_requested(): a log is to be explained.
        source_requested(str): this file is to be opened.
        sample_requested(str): this sample is to be opened.
        copy_requested(Callable): this copy is to be made of what is shown.
        export_requested(FileExport): this kind of file is to be written.
        theme_chosen(ThemeChoice), units_chosen(ByteUnits), language_chosen(LanguageChoice),
            text_size_chosen(int): what the user picked; the size of texts in per cent.
        forget_requested(): recent models are to be forgotten.
        devices_requested(): this machine's devices are to be looked for.
        help_requested(), whats_this_requested(): something is to be explained.
        page_requested(str): this page of the help is to be shown.
        zoom_requested(int): the chart is to be magnified by so many steps; 0: all is to be seen.
        axis_chosen(bool): the chart's context axis is to be divided evenly, or not.
        read_out_requested(): the chart is to read out the plan's context.
        about_requested(), quit_requested()
    """

    open_requested = Signal()
    part_requested = Signal()
    address_requested = Signal()
    library_requested = Signal()
    paste_requested = Signal()
    log_requested = Signal()
    source_requested = Signal(str)
    sample_requested = Signal(str)
    copy_requested = Signal(object)
    export_requested = Signal(object)
    theme_chosen = Signal(object)
    units_chosen = Signal(object)
    language_chosen = Signal(object)
    text_size_chosen = Signal(object)
    forget_requested = Signal()
    devices_requested = Signal()
    zoom_requested = Signal(int)
    axis_chosen = Signal(bool)
    read_out_requested = Signal()
    help_requested = Signal()
    whats_this_requested = Signal()
    page_requested = Signal(str)
    about_requested = Signal()
    quit_requested = Signal()

    def __init__(self, bar: QMenuBar, undo_stack: QUndoStack) -> None:
        super().__init__(bar)
        self._needs_plan: list[QAction] = []
        self.samples = QMenu(tr("Try a &sample"), bar)
        self._recent = QMenu(tr("Open &recent"), bar)
        self._fill_samples()
        self._fill_file(bar.addMenu(tr("&File")))
        self._fill_edit(bar.addMenu(tr("&Edit")), undo_stack)
        view = bar.addMenu(tr("&View"))
        themes = {choice: tr(title) for choice, title in _THEMES.items()}
        self._themes = self._choices(view.addMenu(tr("&Theme")), themes, self.theme_chosen)
        units = {
            multiples: tr(title).format(count=format_count(_MULTIPLES[multiples]))
            for multiples, title in _UNITS.items()
        }
        self._units = self._choices(view.addMenu(tr("&Units")), units, self.units_chosen)
        languages = {LanguageChoice.SYSTEM: tr("&System"), **LANGUAGE_NAMES}
        self._languages = self._choices(
            view.addMenu(tr("&Language")), languages, self.language_chosen
        )
        self._text_sizes = self._fill_text_sizes(view.addMenu(tr("Te&xt size")))
        view.addSeparator()
        self._linear = self._fill_chart(view)
        view.addSeparator()
        search = view.addAction(tr("&Find this machine's GPUs"))
        search.setShortcut(QKeySequence("F5"))
        search.triggered.connect(lambda: self.devices_requested.emit())
        self._fill_help(bar.addMenu(tr("&Help")))
        self.set_plan_shown(False)

    def _fill_samples(self) -> None:
        for number, sample in enumerate(SAMPLES, 1):
            action = self.samples.addAction(
                f"&{number}  {sample.title} – {tr(_SAMPLE_KINDS[sample.id])}"
            )
            action.setData(sample.id)
        self.samples.triggered.connect(lambda action: self.sample_requested.emit(action.data()))

    def _fill_file(self, menu: QMenu) -> None:
        opening = menu.addAction(tr("&Open…", "menu"))
        opening.setShortcut(QKeySequence.StandardKey.Open)
        opening.triggered.connect(lambda: self.open_requested.emit())
        addressing = menu.addAction(tr("Open a &URL…"))
        addressing.setShortcut(QKeySequence("Ctrl+Shift+O"))
        addressing.triggered.connect(lambda: self.address_requested.emit())
        listing = menu.addAction(tr("&Models on this computer"))
        listing.setShortcut(QKeySequence("Ctrl+M"))
        listing.triggered.connect(lambda: self.library_requested.emit())
        beside = menu.addAction(tr("Load &beside the model…"))
        beside.triggered.connect(lambda: self.part_requested.emit())
        self._needs_plan.append(beside)
        menu.addMenu(self._recent)
        menu.addMenu(self.samples)
        explaining = menu.addAction(tr("Explain a &log…"))
        explaining.setShortcut(QKeySequence("Ctrl+L"))
        explaining.triggered.connect(lambda: self.log_requested.emit())
        menu.addSeparator()
        self._export(menu, tr("Save re&port…"), exporting.REPORT, "Ctrl+S")
        self._export(menu, tr("Export chart as P&NG…"), exporting.CHART_PNG, "Ctrl+Shift+E")
        self._export(menu, tr("Export chart as S&VG…"), exporting.CHART_SVG)
        self._export(menu, tr("Export chart as P&DF…"), exporting.CHART_PDF)
        self._export(menu, tr("Export table as &CSV…"), exporting.TABLE_CSV)
        menu.addSeparator()
        leaving = menu.addAction(tr("&Quit"))
        leaving.setShortcut(QKeySequence("Ctrl+Q"))
        leaving.setMenuRole(QAction.MenuRole.QuitRole)
        leaving.triggered.connect(lambda: self.quit_requested.emit())

    def _fill_edit(self, menu: QMenu, undo_stack: QUndoStack) -> None:
        undo = menu.addAction(tr("&Undo"))
        undo.setShortcut(QKeySequence.StandardKey.Undo)
        undo.triggered.connect(lambda: undo_stack.undo())
        redo = menu.addAction(tr("&Redo"))
        redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        redo.triggered.connect(lambda: undo_stack.redo())
        undo_stack.canUndoChanged.connect(undo.setEnabled)
        undo_stack.canRedoChanged.connect(redo.setEnabled)
        undo.setEnabled(undo_stack.canUndo())
        redo.setEnabled(undo_stack.canRedo())

        def name_steps() -> None:
            undo.setText(_named(tr("&Undo"), tr("&Undo {step}"), undo_stack.undoText()))
            redo.setText(_named(tr("&Redo"), tr("&Redo {step}"), undo_stack.redoText()))

        menu.aboutToShow.connect(name_steps)
        menu.aboutToHide.connect(lambda: undo.setText(tr("&Undo")))
        menu.aboutToHide.connect(lambda: redo.setText(tr("&Redo")))
        menu.addSeparator()
        pasting = menu.addAction(tr("Open what is on the clip&board"))
        pasting.setShortcut(QKeySequence.StandardKey.Paste)
        pasting.triggered.connect(lambda: self.paste_requested.emit())
        menu.addSeparator()
        self._copy(menu, tr("Copy &summary"), exporting.copy_summary, "Ctrl+Shift+C")
        self._copy(menu, tr("Copy re&port"), exporting.copy_report, "Ctrl+Shift+R")
        self._copy(menu, tr("Copy &table as CSV"), exporting.copy_table, "Ctrl+Shift+T")
        self._copy(menu, tr("Copy plan as &JSON"), exporting.copy_json, "Ctrl+Shift+J")
        self._copy(menu, tr("Copy c&hart"), exporting.copy_chart, "Ctrl+Shift+P")

    def _fill_help(self, menu: QMenu) -> None:
        helping = menu.addAction(tr("&Help"))
        helping.setShortcut(QKeySequence.StandardKey.HelpContents)
        helping.triggered.connect(lambda: self.help_requested.emit())
        asking = menu.addAction(tr("&What is this?"))
        asking.setShortcut(QKeySequence.StandardKey.WhatsThis)
        asking.triggered.connect(lambda: self.whats_this_requested.emit())
        menu.addSeparator()
        pages = {"accuracy": tr("A&ccuracy"), "keys": tr("&Keys")}
        for name, title in pages.items():
            menu.addAction(title).triggered.connect(
                lambda _=False, page=name: self.page_requested.emit(page)
            )
        menu.addSeparator()
        about = menu.addAction(tr("&About Memplan"))
        about.setMenuRole(QAction.MenuRole.AboutRole)
        about.triggered.connect(lambda: self.about_requested.emit())

    def _export(self, menu: QMenu, text: str, kind: FileExport, keys: str = "") -> None:
        action = menu.addAction(text)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda: self.export_requested.emit(kind))
        self._needs_plan.append(action)

    def _copy(self, menu: QMenu, text: str, copy: Callable[[Shown], None], keys: str) -> None:
        action = menu.addAction(text)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda: self.copy_requested.emit(copy))
        self._needs_plan.append(action)

    def _choices(
        self, menu: QMenu, titles: Mapping[Any, str], chosen: SignalInstance
    ) -> QActionGroup:
        group = QActionGroup(self)
        for value, title in titles.items():
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setData(value)
            group.addAction(action)
        group.triggered.connect(lambda action: chosen.emit(action.data()))
        return group

    def _fill_text_sizes(self, menu: QMenu) -> QActionGroup:
        titles = {size: tr("{percent} %").format(percent=size) for size in TEXT_SIZES}
        group = self._choices(menu, _with_mnemonics(titles), self.text_size_chosen)
        menu.addSeparator()
        larger = menu.addAction(tr("&Larger"))
        larger.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        larger.triggered.connect(lambda: self._choose_text_size(1))
        smaller = menu.addAction(tr("&Smaller"))
        smaller.setShortcut(QKeySequence("Ctrl+-"))
        smaller.triggered.connect(lambda: self._choose_text_size(-1))
        usual = menu.addAction(tr("&Usual"))
        usual.setShortcut(QKeySequence("Ctrl+0"))
        usual.triggered.connect(lambda: self.text_size_chosen.emit(TEXT_SIZES[0]))
        return group

    def _fill_chart(self, menu: QMenu) -> QAction:
        """What the chart's own keys do, for those who look for it in a menu."""
        zooms = (
            (tr("Zoom &in"), "F7", 1),
            (tr("Zoom &out"), "Shift+F7", -1),
            (tr("Show &all contexts"), "Ctrl+F7", 0),
        )
        for text, keys, steps in zooms:
            zoom = menu.addAction(text)
            zoom.setShortcut(QKeySequence(keys))
            zoom.triggered.connect(lambda _=False, count=steps: self.zoom_requested.emit(count))
            self._needs_plan.append(zoom)
        linear = menu.addAction(tr("Li&near axis"))
        linear.setCheckable(True)
        linear.setShortcut(QKeySequence("F8"))
        linear.triggered.connect(lambda checked: self.axis_chosen.emit(checked))
        reading = menu.addAction(tr("&Read out the context"))
        reading.setShortcut(QKeySequence("F9"))
        reading.triggered.connect(lambda: self.read_out_requested.emit())
        self._needs_plan += [linear, reading]
        return linear

    def _choose_text_size(self, steps: int) -> None:
        """Choose one larger or smaller, if there is one."""
        checked = self._text_sizes.checkedAction()
        index = TEXT_SIZES.index(checked.data()) + steps
        if 0 <= index < len(TEXT_SIZES):
            self.text_size_chosen.emit(TEXT_SIZES[index])

    def set_plan_shown(self, shown: bool) -> None:
        """Offer copies and exports only where there is something to copy."""
        for action in self._needs_plan:
            action.setEnabled(shown)

    def set_linear(self, linear: bool) -> None:
        """Mark whether the chart's axis is divided evenly."""
        self._linear.setChecked(linear)

    def set_theme(self, choice: ThemeChoice) -> None:
        """Mark the chosen theme."""
        _check(self._themes, choice)

    def set_units(self, units: ByteUnits) -> None:
        """Mark the chosen units."""
        _check(self._units, units)

    def set_language(self, choice: LanguageChoice) -> None:
        """Mark the chosen language."""
        _check(self._languages, choice)

    def set_text_size(self, percent: int) -> None:
        """Mark the chosen size of texts."""
        _check(self._text_sizes, percent)

    def set_recent(self, sources: tuple[str, ...]) -> None:
        """Offer these models, the newest first."""
        self._recent.clear()
        self._recent.setEnabled(bool(sources))
        for number, source in enumerate(sources, 1):
            name = source_name(source).replace("&", "&&")
            action = self._recent.addAction(f"&{number}  {name}")
            action.setToolTip(as_written(public_address(source)))
            action.triggered.connect(lambda _=False, s=source: self.source_requested.emit(s))
        self._recent.setToolTipsVisible(True)
        self._recent.addSeparator()
        self._recent.addAction(tr("&Forget these")).triggered.connect(
            lambda: self.forget_requested.emit()
        )


def _with_mnemonics(titles: Mapping[Any, str]) -> dict[Any, str]:
    """The titles, each with the first of its letters and digits that no other has."""
    marked_titles: dict[Any, str] = {}
    taken: set[str] = set()
    for value, title in titles.items():
        letters = (i for i, sign in enumerate(title) if sign.isalnum() and sign not in taken)
        at = next(letters, len(title))
        taken.update(title[at : at + 1])
        marked_titles[value] = f"{title[:at]}&{title[at:]}" if at < len(title) else title
    return marked_titles


def _named(action: str, named: str, step: str) -> str:
    """An action's text with the step that it takes, if there is one."""
    return named.format(step=step.replace("&", "&&")) if step else action


def _check(group: QActionGroup, value: object) -> None:
    for action in group.actions():
        action.setChecked(action.data() == value)
