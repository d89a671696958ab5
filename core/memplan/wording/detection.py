"""Sentences about looking for devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from memplan.detection.result import Detection, DetectionProblem
from memplan.exhaustive import exhaustive
from memplan.language import marked, tr
from memplan.wording.titles import BACKEND_TITLES

_SENTENCES: Final[Mapping[DetectionProblem, str]] = exhaustive(
    DetectionProblem,
    {
        DetectionProblem.NO_LIBRARY: marked(
            "{interface} is not installed here. "
            "Install the GPU's driver, or choose a device of the catalogue."
        ),
        DetectionProblem.NO_DRIVER: marked(
            "{interface} is installed, but no driver for it. "
            "Install the GPU's driver, or choose a device of the catalogue."
        ),
        DetectionProblem.NO_DEVICE: marked(
            "No GPU that {interface} can use was found here. Choose a device of the catalogue."
        ),
        DetectionProblem.REFUSED: marked(
            "The {interface} driver refuses to start. "
            "Reinstall the GPU's driver, or choose a device of the catalogue."
        ),
        DetectionProblem.NOT_STARTED: marked(
            "The search for GPUs could not be started. Choose a device of the catalogue."
        ),
        DetectionProblem.CRASHED: marked(
            "The {interface} driver crashed when it was asked for its GPUs; "
            "an engine would crash, too. Reinstall the GPU's driver."
        ),
        DetectionProblem.HUNG: marked(
            "The {interface} driver did not answer in time; "
            "an engine would hang, too. Restart the machine, or reinstall the GPU's driver."
        ),
        DetectionProblem.UNREADABLE: marked(
            "The {interface} driver gave an answer that makes no sense. "
            "Choose a device of the catalogue."
        ),
    },
)


def problem_sentence(detection: Detection) -> str:
    """Why no device was found, and what to do; empty if some were."""
    if detection.problem is None:
        return ""
    interface = BACKEND_TITLES[detection.backend]
    sentence = tr(_SENTENCES[detection.problem]).format(interface=interface)
    return f"{sentence} ({detection.detail})" if detection.detail else sentence
