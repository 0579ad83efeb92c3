// The port that npm start was asked for, and why one cannot be had: what the user mends is said in a line.

const HIGHEST = 65_535;

/** @returns {{ port: number | undefined, problem?: string }} undefined: none was asked for */
export function askedPort(options) {
  const asked = options.findLast((option) => /^--port(?:=|$)/.test(option));
  if (asked === undefined) return { port: undefined };
  const written = asked.slice('--port='.length);
  const port = /^\d{1,5}$/.test(written) ? Number(written) : NaN;
  return port >= 1 && port <= HIGHEST ? { port } : { port: undefined, problem: `--port: expected --port=N with a whole number from 1 to ${HIGHEST}; found ${written === '' ? 'nothing' : written}` };
}

/** @returns {string | undefined} undefined where the error is about something else than the port */
export function portProblem(error, port) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `port ${port} is taken: choose another with --port=N`;
  return code === 'EACCES' ? `port ${port} may not be used by this user: choose one above 1023 with --port=N` : undefined;
}
