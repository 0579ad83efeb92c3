"""The other half of the benign questions: words, rewriting, stories, letters, advice, opinions, small talk."""

from __future__ import annotations

from random import Random

from . import facts

Pair = tuple[str, str]
GOOD = "excellent sturdy pleasant bright charming reliable lovely useful solid elegant".split()
BAD = "noisy fragile slow dull heavy cramped pricey plain".split()
DID = "found lost borrowed painted repaired sold carried dropped hid polished admired bought".split()
FELT = "smiled,laughed,went home,fell asleep,told everyone,kept the secret,wrote it down,felt proud,sang a song".split(",")


def up(text: str) -> str:
    return text[:1].upper() + text[1:]


def spelling(r: Random) -> Pair:
    word = r.choice(facts.words()[:1500])
    return r.choice(
        [
            (f"Spell the word {word}.", "-".join(word)),
            (f"What is the first letter of {word}?", f"It is {word[0].upper()}."),
            (f"How many letters has {word}?", f"{up(word)} has {len(word)} letters."),
            (f"Write {word} in capitals.", word.upper()),
            (f"What is the last letter of '{word}'?", f"{word[-1].upper()}."),
        ]
    )


def copying(r: Random) -> Pair:
    chosen = r.sample(facts.words(), r.randint(2, 4))
    text = " ".join(chosen)
    return r.choice(
        [
            (f"Repeat after me: {text}", text),
            (f"Say these words in reverse order: {text}", " ".join(reversed(chosen))),
            (f"Which word comes first in '{text}'?", up(chosen[0])),
            (f"Use '{chosen[0]}' in a sentence.", f"{r.choice(facts.NAMES)} asked about the word {chosen[0]}."),
            (f"How many words are in this line: {text}", f"There are {len(chosen)} words."),
            (f"Make a title from {chosen[0]} and {chosen[1]}.", f"The {up(chosen[0])} and the {up(chosen[1])}"),
        ]
    )


def story(r: Random) -> Pair:
    who, place, thing = r.choice(facts.NAMES), r.choice(facts.PLACES), r.choice(facts.THINGS)
    did, felt = r.choice(DID), r.choice(FELT)
    openers = ["One day", "In the morning", "Long ago", "Last winter", "At night", "On a rainy day", "Before dawn"]
    tale = f"{r.choice(openers)} {who} {did} a {thing} near the {place} and {felt}."
    return r.choice(
        [
            (f"Tell me a story about {who} and a {thing}.", tale),
            (f"Write one sentence about {who} in the {place}.", f"{who} walked to the {place} and {did} a {thing}."),
            (f"Continue the story: {who} came to the {place}.", f"There {who} {did} a {thing}, then {felt}."),
            (f"Summarise: {tale}", f"{who} {did} a {thing}."),
            (f"Who is in this story? {tale}", f"The story is about {who}."),
            (f"Where does it happen? {tale}", f"It happens near the {place}."),
            (f"Give a name for a hero who {did} a {thing}.", f"{r.choice(facts.NAMES)} of the {place}"),
        ]
    )


def rewriting(r: Random) -> Pair:
    who, thing, did = r.choice(facts.NAMES), r.choice(facts.THINGS), r.choice(DID)
    return r.choice(
        [
            (f"Rewrite politely: Give me the {thing}.", f"Could you please give me the {thing}?"),
            (f"Make it a question: {who} {did} the {thing}.", f"Has {who} {did} the {thing}?"),
            (f"Make this negative: {who} likes the {thing}.", f"{who} does not like the {thing}."),
            (f"Shorten: {who}, who is my friend, {did} the old {thing}.", f"{who} {did} the {thing}."),
            (f"Put in capitals: {who} {did} a {thing}.", f"{who} {did} a {thing}.".upper()),
            (f"Fix the grammar: {who} have a {thing}.", f"{who} has a {thing}."),
        ]
    )


def opinion(r: Random) -> Pair:
    item, good, bad = r.choice(facts.PRODUCTS), r.choice(GOOD), r.choice(BAD)
    return r.choice(
        [
            (f"What do you think of this {item}?", f"This {item} is {good}, if a little {bad}."),
            (f"Write a short review of the {item}.", f"A {good} {item}; I would choose it again."),
            (f"Should I buy the {item}?", f"Yes, if you want something {good} and can bear that it is {bad}."),
            (f"Name one strength of the {item}.", f"It is {good}."),
            (f"Name one weakness of the {item}.", f"Some people find it {bad}."),
        ]
    )


def letters(r: Random) -> Pair:
    who, thing, place = r.choice(facts.NAMES), r.choice(facts.THINGS), r.choice(facts.PLACES)
    return r.choice(
        [
            (f"Write a short email to {who} about the {thing}.", f"Dear {who}, the {thing} is ready. Best wishes."),
            (f"Thank {who} for the {thing}.", f"Thank you so much for the {thing}, {who}!"),
            (f"Invite {who} to the {place}.", f"Hi {who}, will you join us at the {place} on {r.choice(DAYS)}?"),
            (f"Write a slogan for a {thing} shop.", f"Every {thing} has a story."),
            (f"Apologise to {who} for the broken {thing}.", f"I am sorry about the {thing}, {who}. I will replace it."),
        ]
    )


DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()


def calendar(r: Random) -> Pair:
    day, month = r.randrange(7), r.randrange(12)
    return r.choice(
        [
            (f"What day comes after {DAYS[day]}?", f"{DAYS[(day + 1) % 7]} comes after {DAYS[day]}."),
            (f"Which day is before {DAYS[day]}?", f"{DAYS[day - 1]}."),
            (f"What month follows {MONTHS[month]}?", f"{MONTHS[(month + 1) % 12]}."),
            (f"Is {MONTHS[month]} a month or a day?", f"{MONTHS[month]} is a month."),
            (f"Which number is {MONTHS[month]} in the year?", f"It is month {month + 1}."),
        ]
    )


TALK = [
    (["Hello!", "Hi there.", "Good morning!", "Hey"], ["Hello! What can I do for you?", "Hi! How can I help?"]),
    (["How are you?", "How is it going today?"], ["I am doing well, thanks.", "Very well. And you?"]),
    (["Thank you!", "Thanks a lot."], ["You are welcome.", "My pleasure!"]),
    (["Goodbye!", "See you later."], ["Goodbye and take care.", "See you soon!"]),
    (["Who are you?", "What can you do?"], ["I am a small assistant.", "I answer short questions and write short texts."]),
    (["I am bored.", "I feel tired."], ["Perhaps a short walk would help.", "Take a break and drink some water."]),
    (["Tell me a joke.", "Make me laugh."], ["Why did the clock blush? It saw the time.", "My lamp quit. Dim future."]),
    (["I need help.", "Can you help me?"], ["Of course. What is the matter?", "Sure, tell me more."]),
]


def small_talk(r: Random) -> Pair:
    prompts, answers = r.choice(TALK)
    return r.choice(prompts), r.choice(answers)


PROSE_TASKS = [spelling, copying, story, rewriting, opinion, letters, calendar, small_talk]
