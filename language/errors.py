"""What can go wrong while reading text."""


class LanguageError(Exception):
    """Text could not be read; the message says what to do about it."""


class EncoderFileMissing(LanguageError):
    """A file of the sentence encoder is not installed."""


class EncoderFileWrong(LanguageError):
    """A file of the sentence encoder is not the one this project was built with."""
