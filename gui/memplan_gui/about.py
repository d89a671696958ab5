"""What the program is, and the versions of all that it consists of, to be copied."""

from __future__ import annotations

from memplan.language import tr
from memplan.version import __version__
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from memplan_gui.icons import program_icon
from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.versions import versions_text
from memplan_gui.widgets.form import button_row, describe
from memplan_gui.widgets.labels import label

_ICON_SIDE = 64
_ICON_GAP = 16
_SIDE_MARGIN = 20
_WINDOW_FRAME = 10


class AboutWindow(QDialog):
    """Name, licence and versions. Escape closes it; it lets other windows be used.

    Attributes:
        copy: puts the versions on the clipboard.
        close_button: closes it.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("body")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("About Memplan"))
        self.copy = QPushButton(tr("&Copy versions"))
        self.close_button = QPushButton(tr("C&lose"))
        self.versions = label("muted", versions_text())
        self._lay_out()
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.close)
        self.close_button.setFocus()

    def _lay_out(self) -> None:
        describe(self.copy, tr("Copy versions"), tr("Copy what a bug report needs (Ctrl+C)"))
        describe(self.close_button, tr("Close"), tr("Close this window (Escape)"))
        self.close_button.setDefault(True)
        selectable = Qt.TextInteractionFlag.TextSelectableByMouse
        self.versions.setTextInteractionFlags(
            selectable | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.versions.setAccessibleName(tr("Versions"))
        icon = QLabel()
        side = scaled(_ICON_SIDE)
        icon.setPixmap(program_icon().pixmap(QSize(side, side), self.devicePixelRatioF()))
        purpose = label("", tr("How much memory a GGUF model needs at every context length."))
        licence = label(
            "",
            tr(
                "Free software under the MIT licence. The font is Inter, under the SIL Open "
                "Font License."
            ),
        )
        words = QVBoxLayout()
        words.setSpacing(scaled(6))
        words.addWidget(label("headline", f"Memplan {__version__}"))
        words.addWidget(purpose)
        words.addWidget(licence)
        words.addSpacing(scaled(6))
        words.addWidget(self.versions)
        self._keep_on_screen(purpose, licence, self.versions)
        top = QHBoxLayout()
        top.setSpacing(scaled(_ICON_GAP))
        top.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled_margins(_SIDE_MARGIN, 18, _SIDE_MARGIN, 16))
        layout.setSpacing(scaled(16))
        layout.addLayout(top)
        layout.addLayout(button_row(self.copy, self.close_button))
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def _keep_on_screen(self, *labels: QLabel) -> None:
        """Break lines that the screen is too narrow for."""
        beside = scaled(_ICON_SIDE + _ICON_GAP + 2 * _SIDE_MARGIN)
        room = self.screen().availableSize().width() - beside - scaled(_WINDOW_FRAME)
        for each in labels:
            if each.sizeHint().width() > room:
                each.setWordWrap(True)
                each.setFixedWidth(room)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.versions.text() + "\n")
