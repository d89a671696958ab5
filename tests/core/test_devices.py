"""The catalogue: memory and bandwidth of devices, and what macOS lets the GPU of a Mac use."""

from __future__ import annotations

from memplan.devices import GB, default_working_set, load_catalogue
from memplan.units import GIB, MIB


def test_that_no_two_devices_share_a_name() -> None:
    names = [device.name for device in load_catalogue()]
    assert len(names) == len(set(names)) > 150


def test_that_bandwidths_are_those_of_memory_and_not_of_a_wrong_unit() -> None:
    speeds = [d.bytes_per_second for d in load_catalogue() if d.bytes_per_second is not None]
    assert 60 * GB < min(speeds) <= max(speeds) <= 8000 * GB
    by_name = {device.name: device for device in load_catalogue()}
    assert by_name["NVIDIA RTX 4090"].bytes_per_second == 1008 * GB


def test_that_a_mac_has_the_working_set_that_macs_with_as_much_memory_reported() -> None:
    assert default_working_set(16 * GIB).bytes == 12_124 * MIB
    assert default_working_set(128 * GIB).bytes == 110_100 * MIB
    assert default_working_set(8 * GIB).bytes == 5461 * MIB
    assert all(default_working_set(size * GIB).seen for size in (8, 16, 24, 64, 512))


def test_that_a_working_set_nobody_reported_is_a_guess_with_the_share_of_a_smaller_mac() -> None:
    guess = default_working_set(18 * GIB)
    assert not guess.seen
    assert guess.bytes == 18 * GIB * 12_124 // (16 * 1024)


def test_that_every_working_set_of_the_catalogue_leaves_memory_for_the_system() -> None:
    macs = [d for d in load_catalogue() if d.total_memory_bytes is not None]
    assert macs
    for mac in macs:
        assert mac.total_memory_bytes is not None
        assert mac.total_memory_bytes // 2 < mac.budget_bytes < mac.total_memory_bytes
