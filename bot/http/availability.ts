import type { CallsStatus } from '../call';
import type { Config } from '../config';

/** Why this process takes no new calls. */
export interface NotReady {
  readonly reason: 'not_configured' | 'draining' | 'outdated' | 'no_rooms' | 'model_down' | 'full' | 'busy';
  readonly detail: string;
}

/** What is wrong with the transport that is configured, or undefined when calls can come in through it. */
export function transportFault({ transport, environment }: Config): string | undefined {
  if (environment.missing.length === 0) return undefined;
  return `TRANSPORT is ${transport} but ${environment.missing.join(', ')} is not set.`;
}

/** Why no new call can be taken at this moment, the most lasting reason first; undefined when one can. */
export function notReady(config: Config, status: CallsStatus): NotReady | undefined {
  const fault = transportFault(config);
  if (fault !== undefined) return { reason: 'not_configured', detail: fault };
  if (status.draining) return { reason: 'draining', detail: 'This process is shutting down; its calls may go on.' };
  if (status.standingDown === true) {
    return { reason: 'outdated', detail: 'A newer deployment takes the calls; those that are here may go on.' };
  }
  const { rooms, model } = status;
  if (rooms?.ok === false) return { reason: 'no_rooms', detail: rooms.detail };
  if (model?.ok === false) return { reason: 'model_down', detail: model.detail };
  if (status.activeCalls >= status.maxCalls) {
    return { reason: 'full', detail: `All ${status.maxCalls} calls (MAX_CALLS) are taken.` };
  }
  return rooms?.busy === undefined
    ? undefined
    : { reason: 'busy', detail: `One more call is too many: ${rooms.busy}.` };
}
