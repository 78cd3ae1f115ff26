"""``costcalc explain``: a layer, a convention, a parameter, a kind of op, a definition of memory, a device."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError, listed, quoted
from ..language.folders import shipped
from ..render import ROWS
from .options import complete_specs, example, output_options, spec_options
from .output import write_tables
from .spec_command import SpecCommand, given_specs, words_given

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ..table import Table

    Answer = tuple[list[Table], Mapping[str, object]]

HELP = """What something is, what it counts, and who says so.

\b
SPEC LAYER             a layer's formulas in letters and in numbers, its
                       parts, and what each convention makes of them
convention NAME        what it counts, what counts 0, and the evidence
parameter [SPEC] NAME  what it is, which values it takes, what they cost
kind NAME              the formulas of an op, and the shape that it makes
memory NAME            a definition of memory
device NAME            what a device can do at most

LAYER is a row of "costcalc show SPEC", or of it --by primitive. SPEC is what show takes; its parameters are
options. A file whose name is one of these words is written as a path: ./convention.
"""

PARAMETER = "parameter"
TOPICS = ("convention", PARAMETER, "kind", "memory", "device")
"""What may stand before a NAME; a file of such a name is given as a path: ./convention."""


class ExplainCommand(SpecCommand):
    """The first word is a SPEC, unless it is a topic; behind ``parameter`` the first of two is one."""

    def specs_among(self, words: Sequence[str]) -> Sequence[str]:
        topic = topic_of(words[0]) if words else None
        if topic is None:
            return words[:1] if len(words) != 1 or not _topics_with(words[0]) else ()
        return words[1:2] if topic == PARAMETER and len(words) > 2 else ()


def topic_of(word: str) -> str | None:
    """The topic that the first word is, as people type it: ``conventions`` too; None for a SPEC."""
    singular = word.lower().removesuffix("s")
    return singular if singular in TOPICS else None


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Topics and networks; then the names of the topic, or the network's layers."""
    from click.shell_completion import CompletionItem

    before = words_given(ctx)
    if before and before[-1] == incomplete:
        before = before[:-1]
    if not before:
        topics = [CompletionItem(topic) for topic in TOPICS if topic.startswith(incomplete)]
        return [*topics, *complete_specs(ctx, param, incomplete)]
    topic = topic_of(before[0])
    if topic is None:
        from ..reports.explain import layer_names

        (given,) = given_specs(ctx, before[:1], {}, ())
        names: Collection[str] = layer_names(given.network, given.values)
    elif topic == PARAMETER:
        names = _parameters()
    else:
        names = _NAMES[topic]()
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command(
    cls=ExplainCommand,
    help=HELP,
    short_help="A layer's formulas; a convention, a parameter, a kind of op.",
    epilog=example(
        "costcalc explain mobilenet_v2 stage2.1.dw",
        "costcalc explain convention fvcore",
        "costcalc explain parameter mobilenet_v2 alpha",
        "costcalc explain parameter alpha",
        "costcalc explain kind conv2d",
        "costcalc explain memory live",
        "costcalc explain device stm32f746",
    ),
)
@click.argument("words", metavar="SPEC LAYER|TOPIC NAME", nargs=-1, required=True, shell_complete=_complete)
@click.option("--all", "every", is_flag=True, help="Of a layer: name every convention.")
@spec_options
@output_options
@click.pass_context
def explain(
    ctx: click.Context,
    /,
    words: tuple[str, ...],
    every: bool,
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """The answer about a layer, or about what the first word says."""
    given = words_given(ctx)
    raw = fmt in ROWS
    if (said := topic_of(given[0])) is not None:
        topic, names = said, given[1:]
    elif len(given) == 1 and (topics := _topics_with(given[0])):
        topic, names = _only(topics, given[0]), given
    else:
        (spec,) = given_specs(ctx, given[:1], values, settings, variant)
        tables, document = _layer(spec.network, spec.values, given[1:], raw=raw, every=every)
        write_tables(tables, fmt, output, document)
        return
    if topic == PARAMETER and len(names) == 2:
        from ..reports.explain_parameter import of_network, of_network_document, of_network_tables

        (spec,) = given_specs(ctx, names[:1], values, settings, variant)
        of = of_network(spec.network, spec.values, names[1])
        tables, document = of_network_tables(of), of_network_document(of)
        write_tables(tables[-1:] if raw else tables, fmt, output, document)
        return
    if len(names) != 1:
        known = f"; there are {listed(_NAMES[topic]())}" if not names and topic in _NAMES else ""
        raise UsageError(f"costcalc explain {topic} takes one NAME{known}")
    tables, document = _ANSWERS[topic](names[0], raw)
    write_tables(tables[-1:] if raw else tables, fmt, output, document)


def _layer(network: Any, values: Mapping[str, Any], names: Sequence[str], *, raw: bool, every: bool) -> Answer:
    from ..reconcile import shipped_conventions
    from ..reports.explain import Explained, document, layer_names, parts_table, tables

    if len(names) != 1:
        there = listed(layer_names(network, values))
        raise UsageError(f"costcalc explain {network.name} takes one LAYER; there are {there}")
    explained = Explained(network, values, names[0])
    if raw:
        return [parts_table(explained, raw=True)], {}
    counted = [explained.by(convention) for convention in shipped_conventions()]
    return tables(explained, counted, all_names=every), document(explained, counted)


# -- topics


def _convention(name: str, raw: bool) -> Answer:
    from ..papers import load_papers
    from ..reports.explain_convention import convention_document, convention_table
    from .specs import open_convention

    convention, papers = open_convention(name), load_papers()
    return [convention_table(convention, papers)], convention_document(convention, papers)


def _parameter(name: str, raw: bool) -> Answer:
    from ..reports.explain_parameter import everywhere, everywhere_document, everywhere_table

    found = everywhere(name)
    return [everywhere_table(name, found, raw=raw)], everywhere_document(name, found)


def _kind(name: str, raw: bool) -> Answer:
    from ..reconcile import shipped_conventions
    from ..reports.explain_kind import kind_document, kind_tables
    from ..symbolic.typical import typical

    kind, conventions = typical(name), shipped_conventions()
    return kind_tables(kind, conventions), kind_document(kind, conventions)


def _memory(name: str, raw: bool) -> Answer:
    from ..memory import load_definition
    from ..reports.explain_files import memory_document, memory_table

    definition = load_definition(name)
    return [memory_table(definition)], memory_document(definition)


def _device(name: str, raw: bool) -> Answer:
    from ..devices import load_device
    from ..reports.explain_files import device_document, device_table

    device = load_device(name)
    return [device_table(device)], device_document(device)


_ANSWERS: dict[str, Callable[[str, bool], Answer]] = {
    "convention": _convention, PARAMETER: _parameter, "kind": _kind, "memory": _memory, "device": _device,
}  # fmt: skip


def _kinds() -> Collection[str]:
    from ..ops import kinds

    return kinds()


def _parameters() -> Collection[str]:
    from ..catalogue import entries

    return sorted({name for entry in entries()[0] for name in entry.parameters})


_NAMES: dict[str, Callable[[], Collection[str]]] = {
    "convention": lambda: shipped("conventions"),
    "kind": _kinds,
    "memory": lambda: shipped("memory"),
    "device": lambda: shipped("devices"),
}


def _topics_with(name: str) -> list[str]:
    """The topics that have a NAME like this, where no topic is said."""
    return [topic for topic, names in _NAMES.items() if name in names()]


def _only(topics: Sequence[str], name: str) -> str:
    if len(topics) > 1:
        told = " or ".join(f"costcalc explain {topic} {name}" for topic in topics)
        raise UsageError(f"{quoted(name)} is a {' and a '.join(topics)}: {told}")
    return topics[0]
