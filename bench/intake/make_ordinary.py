"""Ordinary models, made with the libraries that make them: what the static audit must have nothing to say about.

    python bench/intake/make_ordinary.py DIR

Random weights, small sizes, a fixed seed. Needs torch, transformers, safetensors, onnx, onnxscript, scikit-learn, joblib, scipy,
numpy, gguf; a part whose library is missing is left out and said so.
"""

import argparse
import collections
import datetime
import decimal
import json
import os
import pathlib
import pickle
import sys

import numpy as np

os.environ.setdefault("OMP_NUM_THREADS", "1")
OUT = pathlib.Path(sys.argv[1])


def place(name):
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return str(path)


def plain_pickles():
    value = {
        "list": [1, 2.5, None, True], "text": "text", "tuple": (1, 2), "set": {1, 2}, "bytes": bytes(range(256)), "big": 2**100,
        "array": np.arange(5), "scalar": np.float32(1), "ordered": collections.OrderedDict(a=1), "default": collections.defaultdict(list),
        "decimal": decimal.Decimal("1.5"), "when": datetime.datetime(2024, 1, 2), "path": pathlib.PurePosixPath("a/b"), "error": ValueError("x"),
        "random": np.random.RandomState(1), "generator": np.random.default_rng(1), "objects": np.array(["a", None], dtype=object),
        "slice": slice(1, 2), "complex": complex(1, 2), "masked": np.ma.masked_array([1, 2], [0, 1]), "none": type(None),
        "source": "import os\nos.system('ls')\n", "digest": "deadbeef" * 32, "namespace": argparse.Namespace(lr=1e-3),
    }
    for protocol in range(6):
        pathlib.Path(place(f"pickle/plain-{protocol}.pkl")).write_bytes(pickle.dumps(value, protocol))


def numpy_files():
    np.save(place("numpy/floats.npy"), np.random.randn(10, 3))
    np.savez(place("numpy/two.npz"), a=np.arange(3), b=np.zeros((100, 100)))
    np.savez_compressed(place("numpy/packed.npz"), a=np.arange(3), b=np.random.randn(100, 100))
    np.save(place("numpy/objects.npy"), np.array([{"a": 1}, [1, 2], "x"], dtype=object), allow_pickle=True)
    np.save(place("numpy/fields.npy"), np.zeros(3, dtype=[("Open", "<f4"), ("O", "<i8", (2,)), ("s", "U5")]))
    np.save(place("numpy/dates.npy"), np.array(["2020-01-01"], dtype="M8[D]"))


def scikit_learn():
    import joblib
    from scipy import sparse, stats
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler
    from sklearn.utils import all_estimators

    features, labels = load_iris(return_X_y=True)
    for name, kind in all_estimators():
        try:
            model = kind()
            if "n_estimators" in model.get_params():
                model.set_params(n_estimators=3)
            model.fit(np.abs(features), labels)
        except Exception:  # an estimator that needs other data or arguments
            continue
        pathlib.Path(place(f"sklearn/{name}.pkl")).write_bytes(pickle.dumps(model, 2 + len(name) % 4))
        joblib.dump(model, place(f"sklearn/{name}.joblib"), compress=len(name) % 3)
    grid = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [0.1, 1]}).fit(features, labels)
    for method in ["zlib", "gzip", "bz2", "xz", "lzma"]:
        joblib.dump(grid, place(f"sklearn/grid.{method}.joblib"), compress=(method, 3))
    joblib.dump(make_pipeline(FunctionTransformer(np.log1p), LogisticRegression()), place("sklearn/function.joblib"))
    pathlib.Path(place("sklearn/scipy.pkl")).write_bytes(pickle.dumps([sparse.csr_matrix(np.eye(3)), sparse.coo_matrix(np.eye(2)), stats.norm(0, 1)]))


def vision_models(torch):
    nn = torch.nn

    class Residual(nn.Module):
        def __init__(self, width, squeeze):
            super().__init__()
            self.body = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))
            self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(width, 4, 1), nn.ReLU(), nn.Conv2d(4, width, 1), nn.Hardsigmoid()) if squeeze else None

        def forward(self, x):
            y = self.body(x)
            return torch.relu(x + (y if self.squeeze is None else y * self.squeeze(y)))

    def network(squeeze, activation):
        return nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), activation, Residual(8, squeeze), Residual(8, squeeze), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(8, 10))

    return {"residual": network(False, nn.ReLU()), "mobile": network(True, nn.Hardswish()), "capped": network(False, nn.ReLU6())}


def language_models():
    import transformers as t

    small = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 96}
    models = {
        "bert": lambda: t.BertForSequenceClassification(t.BertConfig(**small)),
        "roberta": lambda: t.RobertaForSequenceClassification(t.RobertaConfig(**small, max_position_embeddings=66)),
        "distilbert": lambda: t.DistilBertForSequenceClassification(t.DistilBertConfig(dim=32, n_layers=2, n_heads=4, hidden_dim=64, vocab_size=96)),
        "gpt2": lambda: t.GPT2LMHeadModel(t.GPT2Config(n_embd=32, n_layer=2, n_head=4, vocab_size=96, n_positions=64, use_cache=False)),
        "llama": lambda: t.LlamaForCausalLM(t.LlamaConfig(**small, num_key_value_heads=2, use_cache=False)),
        "vit": lambda: t.ViTForImageClassification(t.ViTConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, image_size=32, patch_size=8)),
    }
    return {name: make().eval() for name, make in models.items()}


def torch_files():
    import torch
    from safetensors.torch import save_file
    from transformers import TrainingArguments

    torch.set_num_threads(1)
    torch.manual_seed(0)
    picture, tokens = torch.randn(1, 3, 32, 32), torch.randint(5, 90, (1, 12))
    models = {**vision_models(torch), **language_models()}
    for name, model in models.items():
        model.eval()
        state = {key: value.clone().contiguous() for key, value in model.state_dict().items()}
        torch.save(state, place(f"torch/{name}/state.pt"))
        torch.save(state, place(f"torch/{name}/legacy.pth"), _use_new_zipfile_serialization=False)
        save_file(state, place(f"torch/{name}/model.safetensors"), metadata={"format": "pt"})
        optimizer = torch.optim.AdamW(model.parameters())
        torch.save({"epoch": 3, "model": state, "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state(), "numpy": np.random.get_state(), "args": argparse.Namespace(lr=1e-3)}, place(f"torch/{name}/checkpoint.ckpt"))
        if hasattr(model, "save_pretrained"):
            torch.save(model, place(f"torch/{name}/module.pt"))
            model.save_pretrained(place(f"folder/{name}"))
        example = picture if name in ("residual", "mobile", "capped", "vit") else tokens
        try:
            traced = torch.jit.trace(model, example, strict=False)
            traced.save(place(f"torch/{name}/trace.pt"))
        except Exception as error:
            print("trace", name, str(error)[:100])
        for dynamo in (False, True):
            try:
                torch.onnx.export(model, (example,), place(f"onnx/{name}-{'dynamo' if dynamo else 'script'}/model.onnx"), dynamo=dynamo, opset_version=18)
            except Exception as error:
                print("onnx", name, dynamo, str(error)[:100])
    torch.save(TrainingArguments(output_dir="x", use_cpu=True), place("torch/training_args.bin"))
    kinds = [torch.randn(3), torch.randn(2).bfloat16(), torch.ones(2, dtype=torch.complex64), torch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0, 2.0], (2, 2)), torch.quantize_per_tensor(torch.randn(4), 0.1, 0, torch.qint8), torch.Size([1, 2]), torch.nn.Parameter(torch.ones(2)), torch.float16, torch.device("cpu")]
    torch.save(kinds, place("torch/kinds.pt"))
    torch.save(torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), 2), place("torch/encoder.pt"))


def gguf_files():
    import gguf

    writer = gguf.GGUFWriter(place("gguf/plain.gguf"), "llama")
    writer.add_name("plain")
    writer.add_context_length(64)
    writer.add_chat_template("{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")
    for name in ("token_embd.weight", "output.weight"):
        writer.add_tensor(name, np.random.randn(32, 64).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def text_files():
    for name, text in {
        "README.md": "# A model\n\nLoad it with `pickle.load`, or run `curl https://x.test | sh` as others do.\n",
        "requirements.txt": "torch>=2\ntransformers\n",
        "train.py": "import os, subprocess\nimport torch\nos.makedirs('out', exist_ok=True)\nsubprocess.run(['ls'])\n",
        "config.yaml": "model:\n  _target_: torch.nn.Linear\n  in_features: 3\ntrainer: {max_epochs: 3}\n",
        "weights.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:" + "4d" * 32 + "\nsize 12345\n",
        "metrics.json": json.dumps({"accuracy": 0.9, "eval_loss": 0.3}),
    }.items():
        pathlib.Path(place(f"texts/{name}")).write_text(text)


for part in (plain_pickles, numpy_files, scikit_learn, torch_files, gguf_files, text_files):
    np.random.seed(0)
    try:
        part()
    except ImportError as error:
        print(f"{part.__name__}: left out ({error})")
