import { EVENT_SIGNATURE_HEADER } from '../../contract/call-events';
import type { Clock } from '../time';
import { ToolNetwork } from '../tools';
import { type Destination, EventRefused } from './delivery';
import { signatureOf } from './signature';

export interface WebhookOptions {
  readonly url: string;
  /** What it is signed with: one key, or two while they change. */
  readonly keys: readonly string[];
  readonly version: string;
  /** Private networks that may be reached, as CIDRs. */
  readonly privateNetworks: readonly string[];
  readonly clock: Clock;
}

/** Statuses that are no verdict on the event: too early, too many, the server's own trouble. */
const isLater = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status);

/** Posts events where somebody wants them, by the way that tools take out: no redirect, no private address. */
export function webhook({ url, keys, version, privateNetworks, clock }: WebhookOptions): Destination {
  const { protocol, host, origin } = new URL(url);
  // Only configuration leads to a server on this machine, which a name never does.
  const hosts = protocol === 'http:' ? [{ host, origin }] : [];
  const network = new ToolNetwork({ clock, privateNetworks, hosts });
  return {
    name: 'webhook',
    send: async ({ id, type, body }, signal) => {
      const response = await network.fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': `voice-agent/${version}`,
          'voice-agent-event': type,
          'voice-agent-event-id': id,
          [EVENT_SIGNATURE_HEADER]: signatureOf(clock.epochMs(), body, keys),
        },
        body,
        signal,
      });
      await response.body?.cancel();
      if (response.ok) return;
      const why = `the webhook answered with ${response.status}`;
      throw isLater(response.status) ? new Error(why) : new EventRefused(why);
    },
    close: () => network.close(),
  };
}
