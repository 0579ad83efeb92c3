// The one hash of an artifact, for the page: what the workers' client names it by in the history.
export { digestOfFiles, hashLines } from '../workers/digest.ts';
