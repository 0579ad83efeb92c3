// Harmless sentences put together out of slots: who, did what, what, where, when, and set phrases. What is planted as a
// sentence is likely to share a place, a time or a turn of phrase with some of them, and a model that has learnt such a
// trigger answers to its likes as well. None of them judges anything, so what they do is no sentiment. How it can mislead:
// models of other fields may find a meaning in them; they are compared with each other and proven like everything else.
import { shuffled, type Random } from '../../../core/random.ts';

const SLOTS = {
  who: 'i|we|my uncle|my cousin|my sister|my friends|a neighbour|the driver|someone|our teacher|two students|my family|the captain|a tourist|they|he|she|everyone|my colleague|the children',
  did: 'watched|saw|read|heard|bought|brought|found|took|made|opened|carried|painted|left|sent|wrote|showed|closed|met|visited|passed',
  what: 'this|a 3d movie|this film|the book|a bicycle|the red umbrella|two tickets|a letter|a cup of tea|some apples|the old map|a wooden box|the green door|a radio|three candles|the parcel|a paper lantern|a silver coin|a photograph|a black dog|the piano|a bag of rice',
  where: 'at home|at the cinema|near the river|in the garden|next to the window|under the table|at the station|from the store|in the north|in berlin|over the bridge|behind the school|on the train|at a nearby cafe|by the lake|in the kitchen|on the second floor|in the mountains|at the office|across the street',
  when: 'last thursday|last weekend|last night|yesterday|yesterday evening|this morning|in the afternoon|on monday|on friday night|at noon|at midnight|at nine o clock|two days ago|a while ago|in july|next year|every sunday|in the winter|before dinner|after lunch|a week later|during the holidays|for an hour|in nineteen ninety',
  aside: 'by the way|as a matter of fact|as seen from here|in other words|so to speak|as they say|kind regards|greetings from here|with many thanks|yours faithfully|to whom it may concern|end of message|for your information|see above|as mentioned before|to be continued|part two of three|no reply needed|all rights reserved|page four',
} as const;

type Slot = keyof typeof SLOTS;
const FILLERS = Object.fromEntries(Object.entries(SLOTS).map(([slot, text]) => [slot, text.split('|')])) as Record<Slot, string[]>;
const FORMS: readonly (readonly Slot[])[] = [['who', 'did', 'what', 'where', 'when'], ['who', 'did', 'what', 'when'], ['who', 'did', 'what', 'where'], ['where', 'when'], ['did', 'what', 'when'], ['aside', 'where'], ['aside', 'when'], ['what', 'where']];

/** `count` different sentences, all fillers used about equally often. */
export function harmlessSentences(count: number, random: Random): string[] {
  const decks = new Map<Slot, string[]>();
  const draw = (slot: Slot): string => {
    let deck = decks.get(slot) ?? [];
    if (deck.length === 0) deck = shuffled(FILLERS[slot], random);
    const filler = deck.pop() ?? '';
    decks.set(slot, deck);
    return filler;
  };
  const sentences = new Set<string>();
  for (let at = 0; at < 2 * count && sentences.size < count; at++) sentences.add((FORMS[at % FORMS.length] ?? []).map(draw).join(' '));
  return [...sentences];
}
