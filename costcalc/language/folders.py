"""Where specs are: the folder of the shipped ones, and their files by name. What a path is, and what a name."""

from __future__ import annotations

import os

SUFFIX = ".yaml"
ONNX_SUFFIX = ".onnx"


def specs_folder() -> str:
    """The folder of the shipped specs: in the installed package, or beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    checkout = os.path.join(os.path.dirname(package), "specs")
    if os.path.isdir(checkout) and os.path.isfile(os.path.join(os.path.dirname(package), "pyproject.toml")):
        return checkout
    return os.path.join(package, "specs")


def shipped(kind: str) -> dict[str, str]:
    """The shipped files of a kind (networks, blocks, papers, conventions): name → path, sorted by name."""
    found: dict[str, str] = {}
    for folder, _, files in os.walk(os.path.join(specs_folder(), kind)):
        for file in files:
            if file.endswith(SUFFIX):
                found[file[: -len(SUFFIX)]] = os.path.join(folder, file)
    return dict(sorted(found.items()))


def is_path(name: str) -> bool:
    """Whether ``name`` means a file and not a shipped spec."""
    return os.sep in name or name.endswith((".yaml", ".yml", ONNX_SUFFIX))


def own_networks(folder: str) -> list[str]:
    """The files of a user's own folder that are networks, as they can be asked for: YAML with one, ONNX."""
    return own_files(folder, (SUFFIX, ".yml"), b"network:") + own_files(folder, (ONNX_SUFFIX,))


def own_files(folder: str, suffixes: tuple[str, ...], key: bytes = b"") -> list[str]:
    """The files of a folder that end so, and that have a line which begins with ``key``; at most 200 are read."""
    found: list[str] = []
    try:
        with os.scandir(folder or ".") as entries:
            files = sorted(e.name for e in entries if e.name.endswith(suffixes) and e.is_file())
        for name in files[:OWN_FILES]:
            with open(os.path.join(folder, name), "rb") as file:
                if not key or b"\n" + key in b"\n" + file.read(HEAD_BYTES):
                    found.append(os.path.join(folder, name))
    except OSError:
        pass  # a folder that can't be read has none
    return found


OWN_FILES = 200
HEAD_BYTES = 1 << 14
