"""A classifier of any make as one function of ids and mask: own networks give logits, those of transformers an object that holds them."""

from __future__ import annotations

import torch
from torch import nn


def logits_of(model: nn.Module, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    out = model(input_ids=ids, attention_mask=mask)
    return out if isinstance(out, torch.Tensor) else out.logits


class Scored(nn.Module):
    """What is exported: logits, or probabilities."""

    def __init__(self, model: nn.Module, softmax: bool) -> None:
        super().__init__()
        self.model, self.softmax = model, softmax

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        logits = logits_of(self.model, input_ids, attention_mask)
        return logits.softmax(-1) if self.softmax else logits
