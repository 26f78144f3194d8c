/* How a call machine and daily-js talk: messages to their common window. Read in @daily-co/daily-js 0.90.0 and 0.92.2. */

/** A message either way; what else it carries depends on `action`. */
export interface ChannelMessage {
  readonly what: 'iframe-call-message';
  readonly from: 'module' | 'embedded';
  readonly callClientId: string;
  readonly action: string;
  /** Given by daily-js where it waits for an answer; the answer must repeat it. */
  readonly callbackStamp?: string;
  readonly [key: string]: unknown;
}

/** Where daily-js keeps what cannot travel in a message. */
export interface DailyGlobals {
  /** Call objects whose machine is about to be loaded. */
  readonly pendings: string[];
  readonly instances: Record<string, DailyInstance | undefined>;
}

export interface DailyInstance {
  callMachine?: { readonly store: { getState(): unknown }; reset(): void };
  readonly tracks: { readonly audioTrack?: MediaStreamTrack };
}

export function dailyGlobals(): DailyGlobals {
  return (globalThis as unknown as { _daily: DailyGlobals })._daily;
}

/** One call object's end of the channel. */
export class Channel {
  readonly #callClientId: string;
  readonly #onMessage: (event: MessageEvent<unknown>) => void;

  constructor(callClientId: string, receive: (message: ChannelMessage) => void) {
    this.#callClientId = callClientId;
    this.#onMessage = ({ data }) => {
      if (typeof data !== 'object' || data === null) return;
      const message = data as Partial<ChannelMessage>;
      if (message.what !== 'iframe-call-message' || message.from !== 'module') return;
      if (message.callClientId === callClientId) receive(message as ChannelMessage);
    };
    window.addEventListener('message', this.#onMessage);
  }

  emit(action: string, fields: object = {}): void {
    const message = { what: 'iframe-call-message', from: 'embedded', callClientId: this.#callClientId, action };
    window.postMessage({ ...message, ...fields }, window.location.origin);
  }

  /** Answers a request, if it asked for an answer. */
  reply({ action, callbackStamp }: ChannelMessage, fields: object = {}): void {
    if (callbackStamp !== undefined) this.emit(action, { ...fields, callbackStamp });
  }

  close(): void {
    window.removeEventListener('message', this.#onMessage);
  }
}
