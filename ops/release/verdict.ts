import { OpsError } from '../cli/ops-error';

/**
 * Whether a failure says something of the release: ECS gave it up, or it does not talk. Whatever else goes wrong on the
 * way (a session that has expired, a network that is gone, a time that ran out) is none of its faults, and the next run
 * goes on from there.
 */
export const isProvedBad = (error: unknown): error is OpsError =>
  error instanceof OpsError && (error.code === 'rollout_failed' || error.code === 'bot_failed');

/**
 * What a failed step says of the release, as a workflow reads it: `failed` takes it back, `inconclusive` is a call that
 * could not judge. Empty where nobody judged.
 */
export function verdictOf(error: unknown): 'failed' | 'inconclusive' | '' {
  if (isProvedBad(error)) return 'failed';
  return error instanceof OpsError && error.code === 'call_inconclusive' ? 'inconclusive' : '';
}
