// The stages of the image trigger search, as they are reported.
export type StageId = 'inputs' | 'margins' | 'pairs' | 'boxes' | 'patch' | 'blend' | 'additions' | 'proof' | 'spread';
/** `leftOut`: why the stage is not run. */
export type OnStage = (stage: StageId, done: number, total: number, leftOut?: string) => void;
