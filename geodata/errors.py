"""Errors this project raises: each is a `GeodataError` and the built-in it resembles, said in both languages."""

from __future__ import annotations

from geodata.i18n import Language, Text


class GeodataError(Exception):
    """Something a person has to act on: what was found, what was needed, what to do next."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message

    def in_(self, language: Language) -> str:
        """The message in `language`."""
        return self.message.in_(language)


class UnknownLayerError(GeodataError, KeyError):
    """A layer was named that the schema does not have."""

    __str__ = Exception.__str__


class UnknownVersionError(GeodataError, KeyError):
    """A version was named that the store does not have."""

    __str__ = Exception.__str__


class StoreError(GeodataError, OSError):
    """The store could not be read or written; what was current stays current."""


class RefusedError(GeodataError, ValueError):
    """An action was refused; nothing was changed."""
