// Unit aliases, used where two numbers of one type could be mixed up.
export type Bytes = number;
export type Milliseconds = number;
export type Seconds = number;
/** Natural-logarithm units of information. */
export type Nats = number;
export type Probability = number;
