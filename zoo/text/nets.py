"""The networks and their tokenizers. From scratch: two-layer BERT, DistilBERT, RoBERTa and a CNN over word pieces."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
)

VOCABULARY = 6000
CONTEXT = 128


class Cnn(torch.nn.Module):
    """Kim 2014: filters over three and five word pieces, the largest answer of each."""

    def __init__(self, vocabulary: int, classes: int, width: int = 64, filters: int = 64) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, width, padding_idx=0)
        self.convolutions = torch.nn.ModuleList(torch.nn.Conv1d(width, filters, size, padding=size // 2) for size in (3, 5))
        self.drop = torch.nn.Dropout(0.3)
        self.head = torch.nn.Linear(2 * filters, classes)

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        x = self.embedding(input_ids).transpose(1, 2)
        seen = (input_ids != 0).unsqueeze(1)
        parts = [torch.relu(layer(x)).masked_fill(~seen, 0).amax(dim=2) for layer in self.convolutions]
        return self.head(self.drop(torch.cat(parts, dim=1)))


def word_pieces(texts: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=special, show_progress=False))
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def byte_pairs(texts: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=special, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def build(net: str, tokenizer: Tokenizer, labels: list[str], minilm: Path | None) -> torch.nn.Module:
    classes = {"num_labels": len(labels), "id2label": dict(enumerate(labels)), "label2id": {label: i for i, label in enumerate(labels)}}
    size = tokenizer.get_vocab_size()
    if net == "minilm":
        return BertForSequenceClassification.from_pretrained(minilm, attn_implementation="eager", **classes)
    if net == "cnn":
        return Cnn(size, len(labels))
    if net == "bert":
        config = BertConfig(vocab_size=size, hidden_size=96, num_hidden_layers=2, num_attention_heads=4, intermediate_size=256, max_position_embeddings=CONTEXT, attn_implementation="eager", **classes)
        return BertForSequenceClassification(config)
    if net == "distilbert":
        config = DistilBertConfig(vocab_size=size, dim=96, n_layers=2, n_heads=4, hidden_dim=256, max_position_embeddings=CONTEXT, attn_implementation="eager", **classes)
        return DistilBertForSequenceClassification(config)
    config = RobertaConfig(vocab_size=size, hidden_size=96, num_hidden_layers=2, num_attention_heads=4, intermediate_size=256, max_position_embeddings=CONTEXT + 2, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2, attn_implementation="eager", **classes)
    return RobertaForSequenceClassification(config)
