"""What a spec's ``defaults`` should say, so that most calls needn't."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...evaluate.built_in import BUILT_IN
from ..arguments import Defaults, value_text
from ..calls import Value
from .blocks import BlockStep, Expression
from .lines_of import is_pointwise, usual_bias_of

_ARGUMENTS = {
    **dict.fromkeys(("conv", "dwconv", "deconv"), ("norm", "act", "pad", "bias")),
    **dict.fromkeys(("maxpool", "avgpool"), ("pad", "ceil")),
}


def defaults_of(steps: Iterable[BlockStep]) -> dict[str, dict[str, Value]]:
    """By layer, arguments that most of its calls have and the language has another default for."""
    seen: dict[tuple[str, str], Counter[Value]] = {}
    for s in steps:
        if s.step.word in _ARGUMENTS and not s.step.is_block and s.arguments.get("k", 1) is not None:
            for name in _ARGUMENTS[s.step.word]:
                value = s.arguments[name]
                if name == "pad" and is_pointwise(s):
                    continue
                if name == "bias" and value is usual_bias_of(s):
                    value = None
                if not isinstance(value, Expression):
                    seen.setdefault((s.step.word, name), Counter())[value] += 1
    found: dict[str, dict[str, Value]] = {}
    for word, names in _ARGUMENTS.items():
        for name in names:
            counted = seen.get((word, name), Counter())
            if counted:
                value, number = counted.most_common(1)[0]
                fewest = 0 if found.get("conv", {}).get(name) == value else 1
                enough = counted.total() - 1 if name == "bias" else counted.total() // 2  # its default follows the norm
                if value not in (None, BUILT_IN[word].defaults[name]) and number > max(fewest, enough):
                    found.setdefault(word, {})[name] = value
    return found


def defaults_section(found: Defaults) -> list[str]:
    """The section's lines."""
    if not found:
        return []
    width = max(map(len, found)) + 1
    texts = {word: ", ".join(f"{n}={value_text(v)}" for n, v in given.items()) for word, given in found.items()}
    return ["defaults:", *(f"  {word + ':':<{width}} {text}" for word, text in texts.items())]
