"""A network's parameters as people give them: their help, and the values that texts mean."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from ..compile.parameters import ParameterCode
from ..errors import UsageError, nearest, printable, quoted
from ..language.values import axes_of
from ..network import Network
from .values import listed as listed
from .values import shown as shown

RHO = "rho"
_YES_NO = {"yes": True, "true": True, "✓": True, "no": False, "false": False}
_SHOWN_CHOICES = 12


def names(network: Network) -> list[str]:
    """The parameters that can be given: the declared ones, and ρ where there is a resolution."""
    declared = list(network.parameter_codes)
    return [*declared, RHO, *_older(network)] if "res" in declared and RHO not in declared else declared


def _older(network: Network) -> list[str]:
    """Names that are the width of another parameter now."""
    return [code.parameter.width_was for code in network.parameter_codes.values() if code.parameter.width_was]


def flags(network: Network) -> set[str]:
    """The parameters that are yes or no."""
    return {name for name, value in network.parameters.items() if isinstance(value, bool)}


def is_yes_or_no(text: str) -> bool:
    """Whether ``text`` is a value of a yes/no parameter, or a list of both."""
    return all(word in _YES_NO for word in text.lower().split(","))


# -- values


def values(network: Network, texts: Mapping[str, str], dashes: str = "--") -> dict[str, Any]:
    """The values of those ``texts`` that are for parameters of ``network``. Raises :class:`UsageError`.

    ``dashes`` stand before a parameter's name in messages.
    """
    defaults = {**dict.fromkeys(names(network), 1.0), **network.parameters}
    codes = network.parameter_codes
    return {
        name: _value(f"{dashes}{name}", text, defaults[name], codes.get(name))
        for name, text in texts.items()
        if name in defaults
    }


def renamed(network: Network, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values with older names as what they are now, and what to say of these."""
    found, said = dict(given), list[str]()
    for name, code in network.parameter_codes.items():
        older = code.parameter.width_was
        if not older or older not in found:
            continue
        height = found.get(name, axes_of(network.parameters[name])[0])
        if isinstance(height, tuple) or RHO in found:
            raise UsageError(f"{older} is the width of {name} now, so give {name} as HxW, without {older} and {RHO}")
        found[name] = (height, found.pop(older))
        said.append(f"{older} is the width of {name} now: {name}={height}x{found[name][1]}")
    return found, said


def _value(name: str, text: str, default: Any, code: ParameterCode | None) -> Any:
    if isinstance(default, bool):
        if text.lower() not in _YES_NO:
            raise UsageError(f"{name} takes yes or no, not {quoted(text)}")
        return _YES_NO[text.lower()]
    if isinstance(default, list):
        return text  # which no parameter of that kind takes: the library says so
    found = number(text)
    if found is not None:
        return found
    sides = re.fullmatch(r"([0-9]{1,9})[x×]([0-9]{1,9})", text)
    if sides and code is not None and code.is_side:
        return int(sides[1]), int(sides[2])
    words = isinstance(default, str) or any(isinstance(c, str) for c in (code and code.choices) or ())
    if not words:
        if sides:
            raise UsageError(f"{name} is one number, not {text}: it isn't both height and width of the input")
        raise UsageError(f"{name} takes a number such as 0.5, 224 or 6/7, not {quoted(text)}")
    return text


def number(text: str) -> Any:
    """The int, float or exact fraction that ``text`` is, or None.

    Neither NaN nor an infinity is a number here, nor what Python alone reads: "0_1", "١".
    """
    if not text.isascii() or "_" in text:
        return None
    try:
        return int(text)
    except ValueError:
        pass
    numerator, slash, denominator = text.partition("/")
    if slash:
        return _fraction(numerator, denominator)
    try:
        found = float(text)
    except ValueError:
        return None
    return found if found - found == 0 else None


def _fraction(numerator: str, denominator: str) -> Any:
    from fractions import Fraction

    try:
        return Fraction(int(numerator), int(denominator))
    except (ValueError, ZeroDivisionError):
        return None


def heading(network: Network, values: Mapping[str, Any]) -> str:
    """The network, and the values of its parameters if it has any."""
    about = network.program.spec.title
    name = f"{network.name} ({about})" if about else network.name
    return f"{name}: {listed(values)}" if values else name


def short_heading(network: Network, values: Mapping[str, Any], without: Container[str] = ()) -> str:
    """The network, with the values of its width, depth and resolution and those that aren't the defaults."""
    own, roles = network.parameters, set(network.roles.values())
    return heading(network, {k: v for k, v in values.items() if k not in without and (k in roles or v != own[k])})


def place(network: Network, values: Mapping[str, Any]) -> str:
    """Of ``values`` the width, what the network is written in (letters), and what differs from its defaults.

    Not its resolution: its input says that.
    """
    defaults, codes, roles = network.parameters, network.parameter_codes, network.roles
    always = {name for name, code in codes.items() if code.parameter.symbol or name == roles.get("width")}
    told = {name: value for name, value in values.items() if name in always or value != defaults[name]}
    told.pop(roles.get("resolution", ""), None)
    return listed(told)


# -- help


def records(network: Network, taken: Container[str] = ()) -> list[tuple[str, str]]:
    """Each parameter's option and what it means, for the help. ``taken`` are the options of the command itself."""
    found = []
    for name, default in network.parameters.items():
        code = network.parameter_codes[name]
        notes = [f"default: {shown(default)}", _allowed(code)]
        about = printable(code.parameter.doc)
        hint = f"[{'; '.join(n for n in notes if n)}]"
        option = f"--set {name}=" if f"--{name}" in taken else f"--{name} "
        found.append((option + _metavar(code, default), f"{about}  {hint}" if about else hint))
    if RHO in names(network):
        found.append((f"--{RHO} NUMBER", "resolution multiplier: res = its default times rho  [default: 1]"))
    return found


def _metavar(code: ParameterCode, default: Any) -> str:
    if isinstance(default, bool):
        return "[yes|no]"
    if code.is_side:
        return "NUMBER|HxW"
    return "WORD" if code.structural else "NUMBER"


def _allowed(code: ParameterCode) -> str:
    if code.choices is not None and not all(isinstance(c, bool) for c in code.choices):
        some = [shown(c) for c in code.choices[:_SHOWN_CHOICES]]
        return "one of " + ", ".join(some) + (", …" if len(code.choices) > _SHOWN_CHOICES else "")
    if code.parameter.low is None:
        return ""
    low, _, high = code.parameter.low.text.value.partition("..")  # as the spec has it: low..high
    return printable(f"from {low.strip()} to {high.strip()}")


def no_such_option(option: str, networks: Sequence[Network], options: Iterable[str]) -> UsageError:
    """The error for an option that neither the command nor any of the networks has."""
    every = every_name(networks)
    known = [*every, *(name.removeprefix("--") for name in options if name.startswith("--"))]
    close = nearest(option.lstrip("-"), known).replace(" '", " '--")  # the dashes themselves are no likeness
    return UsageError(f"there is no option {quoted(option)}{close}; {_whose(networks, [f'--{n}' for n in every])}")


def no_such_parameter(name: str, networks: Sequence[Network]) -> UsageError:
    """The error for a name that is no parameter of any of the networks."""
    every = every_name(networks)
    return UsageError(f"there is no parameter {quoted(name)}{nearest(name, every)}; {_whose(networks, every)}")


def every_name(networks: Iterable[Network]) -> list[str]:
    """The parameters of all the networks, each once."""
    return list(dict.fromkeys(name for network in networks for name in names(network)))


def _whose(networks: Sequence[Network], every: Sequence[str]) -> str:
    who = ", ".join(dict.fromkeys(network.name for network in networks))
    return f"the parameters of {who} are {', '.join(every)}" if every else f"{who} has no parameters"
