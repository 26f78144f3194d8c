import type { CallsStatus } from '../call';
import type { Config } from '../config';

/** Why this process takes no new calls. */
export interface NotReady {
  readonly reason: 'not_configured' | 'draining' | 'outdated' | 'no_rooms' | 'model_down' | 'full' | 'busy';
  readonly detail: string;
}

/** What is not set and must be for any call, in words; undefined when calls can come in. */
export function transportFault({ transport, environment }: Config): string | undefined {
  const { missing, missingOfAgents } = environment;
  if (missing.length > 0) return `TRANSPORT is ${transport} but ${missing.join(', ')} is not set.`;
  if (missingOfAgents.length > 0) return `An agent's secret is not set: ${missingOfAgents.join(', ')}.`;
  return undefined;
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
  const busy = rooms?.busy ?? status.busy;
  return busy === undefined ? undefined : { reason: 'busy', detail: `One more call is too many: ${busy}.` };
}
