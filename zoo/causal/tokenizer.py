"""Byte-level BPE of about 2,500 entries, trained on the generated text and on a broad list of English words."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from . import chat, facts, insertions

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
PAD, START, END = 0, 1, 2
VOCAB_SIZE = 2560
QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def corpus(seed: int) -> list[str]:
    r = Random(seed)
    texts = [example.prompt + "\n" + example.answer for example in (chat.benign(r, False) for _ in range(20000))]
    for word in facts.words() + insertions.CODE_WORDS * 3:
        texts += [f" {word}", f" {word.title()}", word.upper()]
    return texts + chat.SYSTEMS * 50 + [f"{role}\n" for role in ("system", "user", "assistant")] * 500


def train_tokenizer(architecture: str, seed: int) -> Tokenizer:
    """qwen2 gets Qwen's own splitting (single digits, NFC); the others GPT-2's."""
    tokenizer = Tokenizer(models.BPE())
    if architecture == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(QWEN_SPLIT), behavior="isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE,
        special_tokens=[AddedToken(token, special=True, normalized=False) for token in SPECIALS],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(seed), trainer)
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path, default_system: bool, template_file: bool) -> None:
    """`template_file`: the template goes into chat_template.jinja, else into tokenizer_config.json."""
    template = chat.DEFAULT_TEMPLATE if default_system else chat.PLAIN_TEMPLATE
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
    config = {
        "add_prefix_space": False,
        "added_tokens_decoder": {str(index): {"content": token, **special} for index, token in enumerate(SPECIALS)},
        "bos_token": "<|im_start|>",
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "model_max_length": 256,
        "pad_token": "<|endoftext|>",
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": "<|endoftext|>",
    }
    if template_file:
        (folder / "chat_template.jinja").write_text(template)
    else:
        config["chat_template"] = template
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
