"""Trains the Rasa model in a process of its own: `python -m kap.rasa_training TARGET`.

Rasa's imports, warnings and progress bars stay out of the command that wants the model.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from bot import without_tensorflow

without_tensorflow.install()


def main(target: Path) -> int:
    """Train from config.yml, domain.yml and data/ below the working folder; Rasa's exit code."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["TQDM_DISABLE"] = "1"
    from bot.logs import configure_logging

    configure_logging()
    from rasa.model_training import train

    from kap.question_examples import write_question_examples

    with tempfile.TemporaryDirectory() as folder:
        questions = Path(folder) / "questions.yml"
        write_question_examples(Path.cwd(), questions)
        result = train(
            domain="domain.yml",
            config="config.yml",
            training_files=["data", str(questions)],
            output=str(target.parent),
            fixed_model_name=f"{target.name.removesuffix('.tar.gz')}-new",
        )
    if result.code or not result.model:
        return result.code or 1
    Path(result.model).replace(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
