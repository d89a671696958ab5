"""What is seen before a model is open: where to drop one, and what else can be done."""

from __future__ import annotations

from memplan.language import tr
from memplan.theme import Theme
from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from memplan_gui.icons import icon_pixmap
from memplan_gui.text_size import scaled, scaled_margins
from memplan_gui.widgets.form import describe
from memplan_gui.widgets.labels import label

_ICON_SIDE = 56
_OVERLAY_INSET = 10


class OpenButtons(QWidget):
    """The ways to a model, side by side.

    Signals:
        open_requested(): the user wants to choose a file.
        address_requested(): the user wants to type an address.
    """

    open_requested = Signal()
    address_requested = Signal()

    def __init__(self, samples: QMenu) -> None:
        super().__init__()
        open_button = QPushButton(tr("&Open…"))
        open_button.setProperty("role", "primary")
        describe(open_button, tr("Open a model"), tr("Choose a GGUF file from the disk (Ctrl+O)"))
        open_button.clicked.connect(self.open_requested)
        address_button = QPushButton(tr("Open a U&RL…"))
        describe(
            address_button,
            tr("Open a URL"),
            tr("Type the address of a model, or its name at Hugging Face or Ollama (Ctrl+Shift+O)"),
        )
        address_button.clicked.connect(self.address_requested)
        sample_button = QPushButton(tr("Try a sam&ple") + "  ")
        sample_button.setMenu(samples)
        describe(
            sample_button,
            tr("Try a sample"),
            tr("Open one of the models that come with Memplan"),
        )
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(scaled(10))
        for button in (open_button, address_button, sample_button):
            self.row.addWidget(button)


class EmptyState(QFrame):
    """A large drop area with buttons. The window itself takes what is dropped.

    Signals:
        open_requested(): the user wants to choose a file.
        address_requested(): the user wants to type an address.
    """

    open_requested = Signal()
    address_requested = Signal()

    def __init__(self, samples: QMenu, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("empty_state")
        self.setProperty("role", "drop_area")
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = label("headline", tr("Drop a GGUF model here"), wrap=True)
        text = label(
            "muted",
            tr(
                "See how much memory it needs at every context length, before anything is loaded. "
                "Only the header is read."
            ),
            wrap=True,
        )
        self._looked = label("small", wrap=True)
        for line in (title, text, self._looked):
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._looked.hide()
        buttons = OpenButtons(samples)
        buttons.open_requested.connect(self.open_requested)
        buttons.address_requested.connect(self.address_requested)
        self._lay_out(title, text, buttons)
        self.set_theme(theme)

    def show_looked(self, places: str) -> None:
        """Say where no models were found."""
        text = tr("No models found where these keep them: {places}.").format(places=places)
        self._looked.setText(text)
        self._looked.show()

    def _lay_out(self, title: QLabel, text: QLabel, choices: OpenButtons) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled_margins(40, 24, 40, 24))
        layout.setSpacing(scaled(8))
        layout.addStretch(3)
        layout.addWidget(self._icon)
        layout.addSpacing(scaled(6))
        layout.addWidget(title)
        layout.addWidget(text)
        layout.addSpacing(scaled(12))
        layout.addWidget(choices, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(scaled(12))
        layout.addWidget(self._looked)
        layout.addStretch(4)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in other colours."""
        ratio = self.devicePixelRatioF()
        side = scaled(_ICON_SIDE)
        self._icon.setPixmap(icon_pixmap("drop", side, ratio, theme.text_muted, theme.card))


class DropOverlay(QFrame):
    """Covers the window while a file hovers over it, and says what letting go does."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "drop_overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        text = label("headline", tr("Let go to open the model"))
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self).addWidget(text)
        self.hide()

    def cover(self, area: QRect) -> None:
        """Show over an area of the window."""
        self.setGeometry(
            area.adjusted(_OVERLAY_INSET, _OVERLAY_INSET, -_OVERLAY_INSET, -_OVERLAY_INSET)
        )
        self.raise_()
        self.show()
