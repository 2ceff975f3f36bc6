"""The stand-in for TensorFlow lets Rasa be imported, and refuses to be used."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
from bot import without_tensorflow
without_tensorflow.install()
import tensorflow as tf
import tensorflow.keras.layers
class Layer(tf.keras.layers.Layer): pass
try:
    tf.constant(1)
except without_tensorflow.TensorFlowAbsent as error:
    print("refused")
import sys
print(getattr(sys.modules["tensorflow"], "__file__", None))
"""


@pytest.mark.slow
def test_stand_in_is_importable_and_refuses() -> None:
    """Names can be imported and subclassed; nothing can be made of them."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused", "None"]
