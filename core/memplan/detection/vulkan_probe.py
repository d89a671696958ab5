"""Asks the Vulkan driver for its devices: ``python -m memplan.detection.vulkan_probe``.

To be run in a process of its own, see :mod:`memplan.detection`. Prints one line of JSON.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from memplan.detection.probe_output import answer

_NVIDIA_PROPRIETARY: Final = 4  # VK_DRIVER_ID_NVIDIA_PROPRIETARY
_AMD: Final = frozenset({1, 2, 3})  # VK_DRIVER_ID_AMD_PROPRIETARY, _AMD_OPEN_SOURCE, _MESA_RADV
_KINDS: Final = ("other", "integrated", "discrete", "virtual", "software")
"""By ``VkPhysicalDeviceType``."""


def find_vulkan_devices() -> dict[str, Any]:
    """The devices that the driver has, or the problem, as :mod:`memplan.detection.answer` reads."""
    try:
        import vulkan as vk
    except (ImportError, OSError) as error:
        # The binding loads the library when it is imported.
        return {"problem": "no_library", "detail": str(error)}
    return ask_vulkan(vk)


def ask_vulkan(vk: Any) -> dict[str, Any]:
    """Ask through the binding ``vk``.

    llama.cpp wants Vulkan 1.2, ZINC 1.3: older devices are of no use and left out.
    """
    oldest = vk.VK_MAKE_VERSION(1, 2, 0)
    application = vk.VkApplicationInfo(pApplicationName="memplan", apiVersion=oldest)
    try:
        instance = vk.vkCreateInstance(vk.VkInstanceCreateInfo(pApplicationInfo=application), None)
    except vk.VkErrorIncompatibleDriver:
        return {"problem": "no_driver"}
    devices = [
        _describe(vk, device)
        for device in vk.vkEnumeratePhysicalDevices(instance)
        if vk.vkGetPhysicalDeviceProperties(device).apiVersion >= oldest
    ]
    return {"devices": devices} if devices else {"problem": "no_device"}


def _describe(vk: Any, device: Any) -> dict[str, Any]:
    extensions = {
        extension.extensionName
        for extension in vk.vkEnumerateDeviceExtensionProperties(device, None)
    }
    version = vk.vkGetPhysicalDeviceProperties(device).apiVersion
    sizes_known = version >= vk.VK_MAKE_VERSION(1, 3, 0) or "VK_KHR_maintenance4" in extensions
    # A structure that the device does not know must not be in the chain.
    largest_buffer = vk.VkPhysicalDeviceMaintenance4Properties() if sizes_known else None
    allocation = vk.VkPhysicalDeviceMaintenance3Properties(pNext=largest_buffer)
    driver = vk.VkPhysicalDeviceDriverProperties(pNext=allocation)
    chain = vk.VkPhysicalDeviceProperties2(pNext=driver)
    vk.vkGetPhysicalDeviceProperties2(device, chain)
    properties = chain.properties
    limits = [allocation.maxMemoryAllocationSize]
    if largest_buffer is not None:
        limits.append(largest_buffer.maxBufferSize)
    kind = properties.deviceType
    return {
        "name": _text(vk, properties.deviceName),
        "kind": _KINDS[kind] if kind < len(_KINDS) else "other",
        "backends": ["vulkan", *_other_backends(driver.driverID)],
        "driver": f"{_text(vk, driver.driverName)} {_text(vk, driver.driverInfo)}".strip(),
        "heaps": _heaps(vk, device, "VK_EXT_memory_budget" in extensions),
        "max_allocation_bytes": min(limits),
        "max_storage_buffer_bytes": properties.limits.maxStorageBufferRange,
    }


def _other_backends(driver: int) -> list[str]:
    """What reaches a device beside Vulkan, told by its driver."""
    if driver == _NVIDIA_PROPRIETARY:
        return ["cuda"]
    return ["rocm"] if driver in _AMD else []


def _heaps(vk: Any, device: Any, budget_known: bool) -> list[dict[str, Any]]:
    budget = vk.VkPhysicalDeviceMemoryBudgetPropertiesEXT() if budget_known else None
    chain = vk.VkPhysicalDeviceMemoryProperties2(pNext=budget)
    vk.vkGetPhysicalDeviceMemoryProperties2(device, chain)
    memory = chain.memoryProperties
    return [
        {
            "size_bytes": memory.memoryHeaps[index].size,
            "device_local": bool(
                memory.memoryHeaps[index].flags & vk.VK_MEMORY_HEAP_DEVICE_LOCAL_BIT
            ),
            # A program that has outgrown its budget has nothing left, not less than nothing.
            "free_bytes": max(budget.heapBudget[index] - budget.heapUsage[index], 0)
            if budget is not None
            else None,
        }
        for index in range(memory.memoryHeapCount)
    ]


def _text(vk: Any, characters: Any) -> str:
    raw: bytes = vk.ffi.string(characters)
    return raw.decode("utf-8", "replace")


if __name__ == "__main__":
    sys.exit(answer(find_vulkan_devices))
