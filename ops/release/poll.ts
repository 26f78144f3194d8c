import type { Context } from '../cli/context';

const POLL_MS = 10_000;

/** Between two looks at AWS; RELEASE_POLL_SECONDS, for a stand-in that does not take minutes. */
export function pollMsOf({ io }: Pick<Context, 'io'>): number {
  const seconds = Number(io.env['RELEASE_POLL_SECONDS'] || POLL_MS / 1000);
  return seconds >= 0 && seconds <= 600 ? seconds * 1000 : POLL_MS;
}
