"""What is asked of the user or shown in windows of its own, behind one object for tests."""

from __future__ import annotations

from memplan.language import tr
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


def _all_files() -> str:
    return tr("All files {endings}").format(endings="(*)")


class Dialogs:
    """Asks the user for files, and shows what the program is."""

    def choose_model(self, parent: QWidget, folder: str) -> str:
        """The model file that the user chooses; empty if none."""
        filters = tr("Models and saved plans {endings}").format(endings="(*.gguf *.GGUF *.json)")
        filters = f"{filters};;{_all_files()}"
        path, _ = QFileDialog.getOpenFileName(parent, tr("Open a model"), folder, filters)
        return str(path)

    def choose_part(self, parent: QWidget, folder: str) -> str:
        """The file that the user wants to load beside the model; empty if none."""
        filters = f"GGUF (*.gguf *.GGUF);;{_all_files()}"
        title = tr("Load beside the model")
        path, _ = QFileDialog.getOpenFileName(parent, title, folder, filters)
        return str(path)

    def choose_folder(self, parent: QWidget, folder: str) -> str:
        """The folder that the user chooses; empty if none."""
        title = tr("List the models in a folder")
        return str(QFileDialog.getExistingDirectory(parent, title, folder))

    def choose_log(self, parent: QWidget, folder: str) -> str:
        """The log that the user chooses; empty if none."""
        filters = tr("Logs {endings}").format(endings="(*.log *.txt)")
        filters = f"{filters};;{_all_files()}"
        path, _ = QFileDialog.getOpenFileName(parent, tr("Open a log"), folder, filters)
        return str(path)

    def choose_target(self, parent: QWidget, title: str, suggested: str, filters: str) -> str:
        """The file that the user wants to write; empty if none."""
        path, _ = QFileDialog.getSaveFileName(parent, title, suggested, filters)
        return str(path)

    def show_about(self, parent: QWidget) -> None:
        """Name and versions, to be copied."""
        from memplan_gui.about import AboutWindow

        shown = parent.findChild(AboutWindow) or AboutWindow(parent)
        shown.show()
        shown.activateWindow()

    def show_problem(self, parent: QWidget, title: str, text: str) -> None:
        """Say that something that the user asked for did not work."""
        box = QMessageBox(QMessageBox.Icon.Warning, title, text, parent=parent)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.exec()
        box.deleteLater()
