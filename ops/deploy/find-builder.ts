import { OpsError } from '../cli/ops-error';
import { tryProgram, type RunOptions } from '../cli/run-program';
import { type Builder, BUILDERS } from './builders';

/**
 * The first program that can build an image, or the one that is asked for.
 * @returns undefined where none is there
 * @throws OpsError `usage` for a name that is none of them, `not_found` where the one asked for does not answer; Interrupted
 */
export async function findBuilder(wanted: string | undefined, options: RunOptions): Promise<Builder | undefined> {
  const names = BUILDERS.map(({ name }) => name);
  if (wanted !== undefined && !names.includes(wanted)) {
    throw new OpsError('usage', `--builder must be one of ${names.join(', ')}.`);
  }
  for (const builder of BUILDERS) {
    if (wanted !== undefined && builder.name !== wanted) continue;
    if (await answers(builder, options)) return builder;
  }
  if (wanted === undefined) return undefined;
  throw new OpsError('not_found', `${wanted} does not answer: is it installed, and does its machine run?`);
}

/** A client whose daemon is not there may wait for it. */
const ANSWER_WITHIN_MS = 10_000;

async function answers({ name, probes }: Builder, options: RunOptions): Promise<boolean> {
  const limit = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const bounded = { ...options, signal: AbortSignal.any([options.signal, limit]) };
  try {
    for (const probe of probes) if ((await tryProgram(name, probe, bounded)).status !== 0) return false;
    return true;
  } catch (error) {
    if (options.signal.aborted || !(error instanceof OpsError)) throw error;
    return false;
  }
}
