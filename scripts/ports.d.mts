export function askedPort(options: readonly string[]): { readonly port: number | undefined; readonly problem?: string };
export function portProblem(error: unknown, port: number): string | undefined;
