export const ROOT: string;
export function buildIsStale(): boolean;
