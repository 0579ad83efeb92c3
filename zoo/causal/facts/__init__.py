"""Reads the word tables beside this file: everyday facts, written for the zoo, that benign questions are made of."""

from __future__ import annotations

from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def rows(name: str) -> list[list[str]]:
    """Tab-separated lines."""
    return [line.split("\t") for line in (HERE / f"{name}.tsv").read_text().splitlines() if line]


@cache
def items(name: str) -> list[list[str]]:
    """Comma-separated groups of words: `hot cold, big small` gives [[hot, cold], [big, small]]."""
    return [part.split() for part in (HERE / f"{name}.txt").read_text().replace("\n", ",").split(",") if part.strip()]


@cache
def categories() -> dict[str, list[str]]:
    lines = (HERE / "categories.txt").read_text().splitlines()
    return {name: words.strip().split(", ") for name, words in (line.split(":") for line in lines if line)}


@cache
def words() -> list[str]:
    """Common English words, the frequent ones first."""
    return (HERE / "words.txt").read_text().split()


NAMES = (
    "Anna Ben Clara David Emma Felix Greta Hugo Ines Jonas Karin Leo Maria Noah Olga Paul Quentin Rosa Samir Tara "
    "Umar Vera Walter Xenia Yusuf Zoe Amir Bella Carlos Diana Elif Farid Gina Hassan Irene Jack Kira Liam Mona Nils "
    "Omar Petra Rafael Sonia Tom Ursula Victor Wendy"
).split()
PLACES = (
    "village,forest,harbour,market,castle,garden,mountain,library,school,station,island,valley,museum,farm,lake,"
    "bakery,theatre,river,hospital,workshop"
).split(",")
THINGS = (
    "lamp,key,map,boat,clock,letter,basket,coin,drum,mirror,ladder,violin,kite,hat,stone,bell,book,lantern,ring,rope,"
    "camera,wagon,blanket,telescope"
).split(",")
PRODUCTS = (
    "phone,laptop,camera,headphones,bicycle,backpack,kettle,novel,film,restaurant,hotel,museum,coffee,jacket,printer,"
    "car,game,album,keyboard,lamp,sofa,watch,tent,umbrella,train service,airline,concert,bakery"
).split(",")
