"""Stacks of small neural networks trained in lockstep.

networks
    The weights of K networks of one architecture, and everything that can be asked of them.
step
    One mini-batch step, compiled into a list of NumPy calls before the training loop starts.
stack
    Training: epochs, changes of λ in between, snapshots, recording, divergence, one step taken apart.
"""

from reglib.mlp.networks import ACTIVATIONS, TASKS, Networks
from reglib.mlp.stack import Frame, Settings, Stack, State, StepParts, Stop
from reglib.mlp.step import L1_STEPS

__all__ = [
    "ACTIVATIONS",
    "L1_STEPS",
    "TASKS",
    "Frame",
    "Networks",
    "Settings",
    "Stack",
    "State",
    "StepParts",
    "Stop",
]
