import type { Network } from '../network';
import type { Action } from '../twiml/verbs';
import type { CallEventOf, CallStatus } from '../types';
import type { Leg } from './leg';
import { callParameters } from './parameters';

type About = CallEventOf<'callback'>['about'];

/** What the statuses are called in `StatusCallbackEvent`. */
const EVENT_OF: Readonly<Record<CallStatus, string>> = {
  queued: '',
  initiated: 'initiated',
  ringing: 'ringing',
  'in-progress': 'answered',
  completed: 'completed',
  busy: 'completed',
  'no-answer': 'completed',
  failed: 'completed',
  canceled: 'completed',
};

/** Tells a customer's server how a call goes on: nobody waits for it, and it comes as the call's faults have it. */
export class Callbacks {
  readonly #call: Leg;
  readonly #network: Network;
  readonly #onTheWay = new Set<Promise<void>>();
  #sequence = 0;
  #held: (() => void) | undefined;

  constructor(call: Leg, network: Network) {
    this.#call = call;
    this.#network = network;
  }

  /** To those who wanted it. @param durationMs since the answer, of a call that is over */
  status(status: CallStatus, durationMs: number | undefined): void {
    const { subscription } = this.#call.options;
    const sequence = this.#sequence;
    this.#sequence += 1;
    if (subscription?.events.includes(EVENT_OF[status]) !== true) return;
    this.tell('call', subscription.action, {
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(sequence),
      Timestamp: new Date(this.#network.clock.nowMs()).toUTCString(),
      ...(durationMs === undefined
        ? {}
        : { CallDuration: String(Math.round(durationMs / 1000)), Duration: String(Math.ceil(durationMs / 60_000)) }),
    });
  }

  tell(about: About, action: Action, more: Readonly<Record<string, string>>): void {
    const parameters = { ...callParameters(this.#call, this.#network.accountSid), ...more };
    const send = (): void => this.#send(about, action, parameters);
    const held = this.#held;
    this.#held = undefined;
    switch (this.#call.faults.callbacks) {
      case 'lost':
        return;
      case 'in-order':
        send();
        return;
      case 'twice':
        send();
        send();
        return;
      case 'reversed':
        // The one before goes behind this one.
        if (held === undefined) this.#held = send;
        else {
          send();
          held();
        }
    }
  }

  /** Sends what was held back; resolves when all have been answered, or will not be. */
  async settled(): Promise<void> {
    this.#held?.();
    this.#held = undefined;
    await Promise.all(this.#onTheWay);
  }

  #send(about: About, action: Action, parameters: Readonly<Record<string, string>>): void {
    const { signWebhook: form, headers } = this.#call.faults;
    const signal = this.#network.webhooks.closing;
    const work = this.#network.webhooks.tell(action, { parameters, form, headers, signal }).then((status) => {
      this.#call.log.add({ kind: 'callback', about, status });
      this.#onTheWay.delete(work);
    });
    this.#onTheWay.add(work);
  }
}
