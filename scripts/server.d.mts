export interface ServeOptions {
  readonly port?: number;
  readonly host?: string;
  /** Begins and ends with '/'. */
  readonly basePath?: string;
  /** Leave out the isolation headers, as an ordinary host would. */
  readonly plain?: boolean;
}
export function serveFolder(root: string, options?: ServeOptions): Promise<{ readonly url: string; close(): Promise<void> }>;
