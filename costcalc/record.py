"""Plain records: named values with defaults, ``repr`` and equality.

What ``dataclasses`` gives, without the ``inspect`` that it imports: 11 ms of every start of the program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, dataclass_transform

_MISSING: Any = object()


class _Fresh:
    """A default that every record makes anew."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def fresh(*, default_factory: Callable[[], Any]) -> Any:
    """A field whose default is made anew for each record: a list, a dict."""
    return _Fresh(default_factory)


@dataclass_transform(field_specifiers=(fresh,))
class Record:
    """Base of records: the annotations of a subclass are its fields, in order; class attributes are their defaults."""

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = (*cls._fields, *(name for name in cls.__annotations__ if name not in cls._fields))

    def __init__(self, *args: Any, **values: Any) -> None:
        fields = self._fields
        if len(args) > len(fields):
            raise TypeError(f"{type(self).__name__} takes {len(fields)} values, not {len(args)}")
        own = self.__dict__
        for name, value in zip(fields, args, strict=False):
            own[name] = value
        for name, value in values.items():
            if name not in fields or name in own:
                raise TypeError(f"{type(self).__name__}: {name} is unknown, or given twice")
            own[name] = value
        for name in fields[len(args) :]:
            if name not in own:
                default = getattr(type(self), name, _MISSING)
                if default is _MISSING:
                    raise TypeError(f"{type(self).__name__} needs {name}")
                own[name] = default.make() if isinstance(default, _Fresh) else default

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({values})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    __hash__ = object.__hash__
