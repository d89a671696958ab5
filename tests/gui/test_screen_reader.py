"""What a screen reader hears of the window, read over the bus that it reads from."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from desktop import HAS_BUS, HAS_SCREEN, readers_bus, screen
from readers_client import Reader, Thing

pytestmark = pytest.mark.skipif(
    not (HAS_SCREEN and HAS_BUS), reason="needs Xvfb and the bus, as the README names them"
)

_SHOWING = """
import sys
from memplan_gui import app
def tell(window, **_):
    window.settled.connect(lambda: print("settled", flush=True))
app.search_once_seen = tell
from memplan_resources.samples import sample_path
sys.exit(app.run(str(sample_path("qwen3-8b"))))
"""


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, list[Thing]]]:
    """A reader of the window with a plan, and all that is in it."""
    home = str(tmp_path_factory.mktemp("home"))
    with screen() as shown, readers_bus(shown) as bus:
        environment = {**os.environ, **bus, "HOME": home, "XDG_CONFIG_HOME": home}
        program = subprocess.Popen(
            [sys.executable, "-c", _SHOWING], env=environment, stdout=subprocess.PIPE
        )
        reader = Reader(bus["DBUS_SESSION_BUS_ADDRESS"])
        try:
            assert program.stdout is not None
            assert program.stdout.readline() == b"settled\n"
            yield reader, list(reader.things(*reader.program()))
        finally:
            reader.close()
            program.kill()
            program.communicate()


def named(things: list[Thing], role: str, name: str) -> Thing:
    (thing,) = [each for each in things if (each.role, each.name) == (role, name)]
    return thing


def test_that_no_name_has_a_sign_that_only_breaks_lines(
    heard: tuple[Reader, list[Thing]],
) -> None:
    _, things = heard
    assert len(things) > 100
    assert [thing.name for thing in things if {"\u200b", "\u2060"} & set(thing.name)] == []


def test_that_the_chart_is_a_chart(heard: tuple[Reader, list[Thing]]) -> None:
    _, things = heard
    assert named(things, "chart", "Memory over context length")


def test_that_a_slider_speaks_its_value(heard: tuple[Reader, list[Thing]]) -> None:
    reader, things = heard
    assert reader.value(named(things, "slider", "Budget (MiB), slider")) == 16 * 1024
    assert reader.value(named(things, "slider", "Context (tokens), slider")) == 32_256


def test_that_of_several_choices_one_is_a_checked_radio_button(
    heard: tuple[Reader, list[Thing]],
) -> None:
    reader, things = heard
    vulkan = named(things, "radio button", "Backend: Vulkan")
    metal = named(things, "radio button", "Backend: Metal")
    assert (reader.is_checked(vulkan), reader.is_checked(metal)) == (True, False)
    reader.act(metal)
    assert (reader.is_checked(vulkan), reader.is_checked(metal)) == (False, True)
    reader.act(vulkan)


def test_that_another_verdict_is_announced(heard: tuple[Reader, list[Thing]]) -> None:
    reader, things = heard
    reader.listen_to_announcements()
    reader.set_value(named(things, "slider", "Budget (MiB), slider"), 1024)
    assert reader.next_announcement().startswith("Does not fit: needs ")
