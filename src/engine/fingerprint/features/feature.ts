// One named number of a model's fingerprint.
export interface Feature {
  readonly name: string;
  readonly value: number;
}
