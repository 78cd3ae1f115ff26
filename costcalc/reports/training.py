"""``--training`` of ``show``: mult-adds backwards, and bytes of what a step of training keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..cost import Cost
from ..units import bytes_text

if TYPE_CHECKING:
    from ..training import Training


def asked(cost: Cost, optimiser: str, batch: int) -> Training:
    """A step of training in float32."""
    from ..training import training

    return training(cost.expanded(), cost.params, optimiser=optimiser, batch=batch)


def answer(step: Training) -> list[str]:
    """What a step does and keeps."""
    images = "an image" if step.batch == 1 else f"{step.batch} images"
    return [
        f"Training, {images}: {step.forward:,} mult-adds forwards, {step.backward:,} backwards"
        f" ({step.of_weights:,} for gradients of weights, {step.of_inputs:,} of inputs).",
        f"In float32 with {step.optimiser}: at most {bytes_text(step.bytes)}: activations {step.activations:,}, weights"
        f" {step.weights:,}, gradients {step.gradients:,}, states {step.states:,}.",
    ]


def document(step: Training) -> dict[str, Any]:
    """The JSON."""
    return {
        "optimiser": step.optimiser,
        "batch": step.batch,
        "forward": step.forward,
        "weight_gradients": step.of_weights,
        "input_gradients": step.of_inputs,
        "backward": step.backward,
        "activation_bytes": step.activations,
        "weight_bytes": step.weights,
        "gradient_bytes": step.gradients,
        "state_bytes": step.states,
    }
