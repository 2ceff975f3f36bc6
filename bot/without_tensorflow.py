"""Stands in for TensorFlow, which Rasa imports everywhere and we use nowhere.

Importing the real one takes most of the start-up time and more than half of the memory. The
stand-in must be installed before anything of Rasa is imported; a component that needs the real
TensorFlow (DIET, TED) then fails when it is created. See `docs/decisions/0005-no-tensorflow.md`.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

_PACKAGES = frozenset(
    {"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras", "jax"}
)


class TensorFlowAbsent(RuntimeError):
    """This process runs without TensorFlow: take components that need it out of config.yml."""


class _StandInType(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(name)


def _stand_in(name: str) -> _StandInType:
    return _StandInType(name, (object,), {"__init__": _refuse})


def _refuse(self: object, *args: Any, **kwargs: Any) -> None:
    raise TensorFlowAbsent(TensorFlowAbsent.__doc__)


class _StandInModule(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _stand_in(name)
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in _PACKAGES:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _StandInModule(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def install() -> None:
    """Make every later import of TensorFlow a stand-in; does nothing when one is loaded."""
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Finder())
