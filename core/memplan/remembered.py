"""What is worked out once for each model, and forgotten with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

_Model = TypeVar("_Model")
_Found = TypeVar("_Found")


def once_a_model(find: Callable[[_Model], _Found]) -> Callable[[_Model], _Found]:
    """``find``, which then remembers its answer for each model that is still in use.

    The answer must not hold the model itself: neither would ever go.
    """
    known: WeakKeyDictionary[_Model, _Found] = WeakKeyDictionary()

    @wraps(find)
    def found(model: _Model) -> _Found:
        try:
            return known[model]
        except KeyError:
            answer = known[model] = find(model)
            return answer

    return found
