"""A file's names: what its text declares and what it uses. All are known before anything of it is compiled."""

from __future__ import annotations

from typing import Protocol

from ..errors import Problems, SpecError, nearest, quoted
from ..evaluate.codes import BlockCode, ChosenNetwork, Executable, NetworkCode
from ..language.model import Block, Parameter, Spec
from ..language.source import Source, Text
from ..language.syntax import Attribute, Name, Node
from .sides import of_inputs
from .words import WORDS, built_in


class Compiled(Executable, Protocol):
    """A compiled file, as one that uses it sees it."""

    @property
    def file(self) -> File:
        """Its names."""
        ...


class Loader(Protocol):
    """Finds and compiles the files that a spec uses."""

    def used(self, name: Text, user: Source) -> Compiled:
        """The program that ``name`` means in the file ``user``. Raises :class:`SpecError`."""
        ...


class File:
    """The names of a file.

    ``imports``: blocks and networks that ``uses`` brings; ``blocks``: its own, declared and not yet defined;
    ``choices``: those of each parameter that has some, words or expressions; ``words``: the words among them;
    ``choosable``: by parameter whose choices are networks or their variants, these. ``sides``: the parameters that are
    height and width of an input. ``problems`` collects what is
    wrong with the text, here and while it is compiled; ``warnings`` what is allowed and may not be meant.
    """

    def __init__(self, spec: Spec, problems: Problems) -> None:
        self.spec = spec
        self.problems = problems
        self.warnings: list[SpecError] = []
        self.imports: dict[str, BlockCode | NetworkCode] = {}
        self.blocks: dict[str, BlockCode] = {}
        self.choices: dict[str, list[str | Node]] = {}
        self.words: dict[str, str] = {}
        self.choosable: dict[str, ChosenNetwork] = {}
        self.sides = of_inputs(spec)


def declare(spec: Spec, problems: Problems, loader: Loader) -> File:
    """The names of ``spec``; the files that it uses are compiled. What is wrong is among the file's problems."""
    file = File(spec, problems)
    _import(file, loader)
    for block in spec.blocks.values():
        _declare_block(file, block)
    for parameter in spec.parameters.values():
        _declare_choices(file, parameter)
    return file


# -- uses


def _import(file: File, loader: Loader) -> None:
    """The blocks and networks that ``uses`` names. Problems of the used files are told as this one's."""
    for path, names in file.spec.uses:
        try:
            used = loader.used(path, file.spec.origin)
        except SpecError as e:
            file.problems.append(e if e.place is not None else path.error(e.message))
            file.spec.broken.update(name.value for name in names)
            continue
        for problem in used.file.problems:
            file.problems.append(problem)
        for name in names:
            _import_name(file, used, path, name)


def _import_name(file: File, used: Compiled, path: Text, name: Text) -> None:
    other = used.file.spec
    code: BlockCode | NetworkCode | None = used.file.blocks.get(name.value)
    if code is None and other.name and name.value == other.name:
        code = NetworkCode(name.value, used, other.parameters, other.variants, used.file.words)
    if name.value in file.imports:
        before = file.imports[name.value]
        from_here = before.file is used.file if isinstance(before, BlockCode) else before.program is used
        twice = "is here twice" if from_here else "comes from two files"
        file.problems.append(name.error(f"{quoted(name.value)} {twice}"))
    elif code is not None:
        file.imports[name.value] = code
    elif name.value in other.broken:
        file.spec.broken.add(name.value)
    else:
        known = nearest(name.value, [*used.file.blocks, *([other.name] if other.name else [])])
        message = f"{quoted(path.value)} has no block or network {quoted(name.value)}{known}"
        file.problems.append(name.error(message))
        file.spec.broken.add(name.value)


# -- blocks


def _declare_block(file: File, block: Block) -> None:
    """A block's signature. It hides a built-in layer that came later than the first version, which has a warning."""
    name, layer = block.name, built_in(block.name)
    if layer is not None and layer.since == 1:
        file.problems.append(block.text.error(f"{quoted(name)} is a built-in layer; a block needs another name"))
    elif name in file.imports:
        file.problems.append(block.text.error(f"{quoted(name)} also comes from 'uses'"))
    elif layer is not None:
        file.warnings.append(block.text.error(f"the block {quoted(name)} hides the built-in layer of that name"))
    has_default = {param: default is not None for param, default in block.params}
    file.blocks[name] = BlockCode(file, name, block.tensors, block.rest, has_default)


# -- choices


def _declare_choices(file: File, parameter: Parameter) -> None:
    if parameter.choices is not None:
        choices = [choice for node in parameter.choices for choice in _choices(file, node)]
    elif parameter.choices_of is not None:
        name = parameter.choices_of.value.removesuffix(".variants")
        choices = [*_variants(file, name, parameter.choices_of)]
    else:
        return
    file.choices[parameter.name] = choices
    words = [choice for choice in choices if isinstance(choice, str)]
    file.words.update((word, word) for word in words)
    networks = _networks(file, words) if len(words) == len(choices) else None
    if networks is not None:
        file.choosable[parameter.name] = ChosenNetwork(parameter.name, networks)


def _choices(file: File, node: Node) -> list[str | Node]:
    """What a member of a list of choices stands for: itself, or each of a used network's variants."""
    if isinstance(node, Attribute) and isinstance(node.of, Name) and node.name == "variants":
        return [*_variants(file, node.of.id, node.text)]
    return [str(WORDS.get(node.id, node.id)) if isinstance(node, Name) else node]


def _variants(file: File, name: str, text: Text) -> list[str]:
    """``NETWORK.variants``."""
    code = file.imports.get(name)
    if not isinstance(code, NetworkCode):
        file.problems.append(text.error(f"no network {quoted(name)} in 'uses'{nearest(name, file.imports)}"))
        return []
    return list(code.variants)


def _networks(file: File, words: list[str]) -> dict[str, tuple[NetworkCode, str | None]] | None:
    """The used network, and its variant, of each choice; None if one of them names none."""
    used = {name: code for name, code in file.imports.items() if isinstance(code, NetworkCode)}
    found: dict[str, tuple[NetworkCode, str | None]] = {}
    for word in words:
        if word in used:
            found[word] = used[word], None
        else:
            owner = next((code for code in used.values() if word in code.variants), None)
            if owner is None:
                return None
            found[word] = owner, word
    return found or None
