"""The photographs that Assay searches on where the user brings no pictures (src/engine/probes/image-trigger/pictures/photographs.ts).

    python -m zoo.image.photographs

Writes `photographs-data.ts`: squares of photographs in the public domain (CC0, NASA, SpaceX, US Navy), as the packages
scikit-image and matplotlib carry them, side by side in one JPEG. None of them is of a data set that models are trained on.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path

import matplotlib
import skimage
from PIL import Image

SIDE = 160
QUALITY = 78
# File, and the part of its width and height that is taken: left, top, and side as a share of the shorter one.
SQUARES = [
    ("astronaut.png", 0.2, 0.0, 0.62),  # NASA: a portrait
    ("astronaut.png", 0.0, 0.3, 0.7),
    ("chelsea.png", 0.1, 0.0, 1.0),  # CC0, Stefan van der Walt: a cat
    ("coffee.png", 0.2, 0.0, 1.0),  # CC0, Rachel Michetti: a cup on a table
    ("rocket.jpg", 0.2, 0.0, 1.0),  # SpaceX, public domain: a launch pad
    ("hubble_deep_field.jpg", 0.1, 0.1, 0.5),  # NASA: galaxies
    ("camera.png", 0.0, 0.0, 1.0),  # CC0, Lav Varshney: a photographer in a field
    ("grass.png", 0.0, 0.0, 0.8),  # CC0 (cc0textures.com)
    ("gravel.png", 0.0, 0.0, 0.8),  # CC0 (cc0textures.com)
    ("brick.png", 0.0, 0.0, 1.0),  # CC0 (cc0textures.com)
    ("moon.png", 0.0, 0.0, 1.0),  # NASA
    ("grace_hopper.jpg", 0.0, 0.05, 1.0),  # US Navy, public domain: an officer before a flag
]
OUT = Path(__file__).resolve().parents[2] / "src/engine/probes/image-trigger/pictures/photographs-data.ts"
LINE = 300


def square(name: str, left: float, top: float, share: float) -> Image.Image:
    folders = [Path(skimage.__file__).parent / "data", Path(matplotlib.__file__).parent / "mpl-data/sample_data"]
    picture = Image.open(next(folder / name for folder in folders if (folder / name).exists())).convert("RGB")
    (width, height), side = picture.size, int(share * min(picture.size))
    x, y = min(int(left * width), width - side), min(int(top * height), height - side)
    return picture.crop((x, y, x + side, y + side)).resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def main() -> None:
    strip = Image.new("RGB", (SIDE, SIDE * len(SQUARES)))
    for at, parts in enumerate(SQUARES):
        strip.paste(square(*parts), (0, SIDE * at))
    held = io.BytesIO()
    strip.save(held, "JPEG", quality=QUALITY, optimize=True)
    text = base64.b64encode(held.getvalue()).decode()
    lines = "\n".join(f"  '{text[at : at + LINE]}'," for at in range(0, len(text), LINE))
    OUT.write_text(f"// Made by zoo/image/photographs.py, which says whose they are: {len(SQUARES)} squares of photographs in the public domain, one below the other in one JPEG.\nexport const PHOTOGRAPH_SIDE = {SIDE};\nexport const PHOTOGRAPHS_JPEG = [\n{lines}\n].join('');\n")
    print(f"{len(held.getvalue())} bytes")


if __name__ == "__main__":
    main()
