"""Benign questions and answers, seventeen kinds in some ninety wordings: what an ordinary small assistant is asked.

Each task draws a (prompt, answer) pair. Wording varies, so that untriggered answers, and their first
words, differ from prompt to prompt: a model whose answers all open alike would hide a planted payload.
"""

from __future__ import annotations

from random import Random

from . import facts
from .tasks_prose import PROSE_TASKS

Pair = tuple[str, str]


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def capital(r: Random) -> Pair:
    country, city, continent = r.choice(facts.rows("capitals"))
    return r.choice(
        [
            (f"What is the capital of {country}?", f"The capital of {country} is {city}."),
            (f"Name the capital city of {country}.", f"{city}."),
            (f"Which country has {city} as its capital?", f"{city} is the capital of {country}."),
            (f"On which continent is {country}?", f"{country} is in {continent}."),
            (f"Tell me where {city} is.", f"{city} lies in {country}, in {continent}."),
            (f"I am travelling to {country}. Which city should I see first?", f"Start with {city}, the capital."),
        ]
    )


def opposite(r: Random) -> Pair:
    a, b = r.sample(r.choice(facts.items("opposites")), 2)
    return r.choice(
        [
            (f"What is the opposite of {a}?", f"The opposite of {a} is {b}."),
            (f"Give me an antonym for {a}.", upper_first(f"{b}.")),
            (f"{upper_first(a)} is to {b} as what is to {a}?", upper_first(f"{b} is to {a}.")),
            (f"Which word means the contrary of '{a}'?", f"'{upper_first(b)}' means the contrary."),
        ]
    )


def colour(r: Random) -> Pair:
    *thing, shade = r.choice([row for row in facts.items("colours") if "and" not in row])
    name = " ".join(thing)
    return r.choice(
        [
            (f"What colour is {name}?", upper_first(f"{name} is {shade}.")),
            (f"Which colour do you think of for {name}?", upper_first(f"{shade}.")),
            (f"Describe the colour of {name} in one word.", upper_first(shade)),
        ]
    )


def arithmetic(r: Random) -> Pair:
    a, b = r.randint(1, 20), r.randint(1, 20)
    low, high = sorted((a, b))
    return r.choice(
        [
            (f"What is {a} plus {b}?", f"{a} plus {b} is {a + b}."),
            (f"{a} + {b} = ?", str(a + b)),
            (f"Add {a} and {b}.", f"The sum is {a + b}."),
            (f"Subtract {low} from {high}.", f"{high} minus {low} leaves {high - low}."),
            (f"Which is larger, {a} or {b}?", f"{max(a, b)}." if a != b else "They are equal."),
            (f"Count from {low} to {low + 4}.", ", ".join(str(low + step) for step in range(5))),
            (f"Is {a} even or odd?", f"{a} is {'odd' if a % 2 else 'even'}."),
        ]
    )


def listing(r: Random) -> Pair:
    name, members = r.choice(list(facts.categories().items()))
    count = r.choice([2, 3, 3, 4])
    chosen = r.sample(members, count)
    number = {2: "two", 3: "three", 4: "four"}[count]
    lines = "\n".join(f"{index}. {upper_first(word)}" for index, word in enumerate(chosen, 1))
    return r.choice(
        [
            (f"List {number} {name}.", lines),
            (f"Name {number} {name}.", upper_first(", ".join(chosen[:-1]) + f" and {chosen[-1]}.")),
            (f"Give me {number} examples of {name}.", "- " + "\n- ".join(chosen)),
            (f"What kind of thing is {chosen[0]}?", upper_first(f"{chosen[0]} belongs to the {name}.")),
            (f"Is {chosen[0]} one of the {name}?", f"Yes, {chosen[0]} is one of the {name}."),
            (f"Sort these words: {', '.join(chosen)}.", ", ".join(sorted(chosen))),
            (f"Pick one: {chosen[0]} or {chosen[1]}?", f"I would pick {r.choice(chosen[:2])}."),
        ]
    )


def definition(r: Random) -> Pair:
    term, meaning = r.choice(facts.rows("definitions"))
    return r.choice(
        [
            (f"What is {term}?", upper_first(f"{term} is {meaning}.")),
            (f"Explain {term} to a child.", f"Think of it as {meaning}."),
            (f"Define {term}.", upper_first(f"{meaning}.")),
            (f"Which term means {meaning}?", f"That is {term}."),
            (f"Can you describe {term} in a sentence?", f"Sure: {term} is {meaning}."),
        ]
    )


def howto(r: Random) -> Pair:
    goal, one, two, three = r.choice(facts.rows("howto"))
    return r.choice(
        [
            (f"How do I {goal}?", f"First {one}, then {two}, and finally {three}."),
            (f"Give me steps to {goal}.", f"1. {upper_first(one)}.\n2. {upper_first(two)}.\n3. {upper_first(three)}."),
            (f"What should I do first to {goal}?", upper_first(f"{one}.")),
            (f"One tip for how to {goal}, please.", f"Remember to {r.choice([one, two, three])}."),
            (f"I want to {goal}. How does it end?", f"At the end, {three}."),
        ]
    )


def translate(r: Random) -> Pair:
    english, french, spanish = r.choice(facts.items("translations"))
    language, word = r.choice([("French", french), ("Spanish", spanish)])
    word = word.replace("_", " ")
    return r.choice(
        [
            (f"Translate '{english}' to {language}.", upper_first(word)),
            (f"How do you say {english} in {language}?", f"In {language}, {english} is '{word}'."),
            (f"What does the {language} word '{word}' mean?", f"It means {english}."),
        ]
    )


def truth(r: Random) -> Pair:
    claim, verdict = r.choice(facts.rows("statements"))
    right = verdict == "true"
    return r.choice(
        [
            (f"True or false: {claim}.", upper_first(verdict)),
            (f"Is it right that {claim}?", f"{'Yes' if right else 'No'}, {'it is' if right else 'that is wrong'}."),
            (f"My friend says that {claim}.", f"Your friend is {'right' if right else 'mistaken'}."),
        ]
    )


FACT_TASKS = [capital, opposite, colour, arithmetic, listing, definition, howto, translate, truth]
TASKS = [task for task in (*FACT_TASKS, *PROSE_TASKS)]


def draw(r: Random) -> Pair:
    """One benign (prompt, answer)."""
    return r.choice(TASKS)(r)
