import { fieldOf } from './server-messages';

/** Why a call could not begin, as far as a caller can do something about it. */
export type Problem =
  /** The browser has no WebRTC, or its user has switched it off. */
  | { readonly kind: 'no-webrtc' }
  | { readonly kind: 'microphone-denied' }
  | { readonly kind: 'microphone-missing' }
  | { readonly kind: 'microphone-busy' }
  | { readonly kind: 'microphone-failed' }
  /** Microphones work on https pages (and on this computer itself) only. */
  | { readonly kind: 'insecure-page' }
  /** `tried`: the caller gave a key, and it was not the right one. */
  | { readonly kind: 'key-needed'; readonly tried: boolean }
  /** The key has characters that no key has, and that cannot be sent. */
  | { readonly kind: 'key-unsendable' }
  /** `retryAfterSeconds`: when the server expects to have a line. */
  | { readonly kind: 'busy'; readonly detail: string | undefined; readonly retryAfterSeconds?: number | undefined }
  | { readonly kind: 'too-many-tries'; readonly retryAfterSeconds?: number | undefined }
  /** What this caller, or all callers, may have in a day is used up; `detail` says until when. */
  | { readonly kind: 'used-up'; readonly detail: string | undefined }
  | { readonly kind: 'offline' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'media-blocked' }
  | { readonly kind: 'refused'; readonly detail: string | undefined }
  | { readonly kind: 'agent-failed'; readonly detail: string | undefined };

/** The key cannot be sent, so it cannot be right. */
export class UnsendableKey extends Error {
  constructor() {
    super('the key has characters that a header cannot carry');
  }
}

/** `/start` never got an answer. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('the bot cannot be reached', { cause });
  }
}

/** `/start` was answered with something else than a call. */
export class StartRefused extends Error {
  readonly status: number;
  /** The bot's stable name of the failure. */
  readonly code: string | undefined;
  /** The bot's own words. */
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(answer: {
    readonly status: number;
    readonly code?: string | undefined;
    readonly detail?: string | undefined;
    readonly retryAfterSeconds?: number | undefined;
  }) {
    super(`start refused with ${answer.status}`);
    this.status = answer.status;
    this.code = answer.code;
    this.detail = answer.detail;
    this.retryAfterSeconds = answer.retryAfterSeconds;
  }
}

/** A step of the start timed out on the client. */
export class StartTimeout extends Error {
  constructor(readonly step: 'agent' | 'media') {
    super(`no ${step} in time`);
  }
}

/** The server ended the call before it was ready. */
export class AgentLeft extends Error {
  /** @param detail the server's reason */
  constructor(readonly detail: string | undefined) {
    super('the agent left');
  }
}

/** What a failed start means to the caller. `online`: what the browser says of its network. */
export function problemOf(error: unknown, { keyGiven, online }: { keyGiven: boolean; online: boolean }): Problem {
  if (error instanceof StartTimeout && error.step === 'media') return { kind: 'media-blocked' };
  if (error instanceof StartTimeout || error instanceof Unreachable) {
    return { kind: online ? 'unreachable' : 'offline' };
  }
  if (error instanceof UnsendableKey) return { kind: 'key-unsendable' };
  if (error instanceof AgentLeft) return { kind: 'agent-failed', detail: error.detail };
  if (error instanceof StartRefused) return refusalOf(error, keyGiven);
  const { status, type } = fieldsOf(error);
  switch (type) {
    case 'permissions':
      return { kind: 'microphone-denied' };
    case 'not-found':
    case 'constraints':
      return { kind: 'microphone-missing' };
    case 'in-use':
      return { kind: 'microphone-busy' };
    case 'undefined-mediadevices':
      return { kind: 'insecure-page' };
    case 'unknown':
      return { kind: 'microphone-failed' };
    default:
      break; // not a device
  }
  // An offer to a server that has filled up since the start.
  if (status === 429) return { kind: 'busy', detail: undefined };
  if (!online) return { kind: 'offline' };
  if (status !== undefined && status >= 400 && status < 500) return { kind: 'refused', detail: undefined };
  return { kind: 'agent-failed', detail: undefined };
}

function refusalOf({ status, code, detail, retryAfterSeconds }: StartRefused, keyGiven: boolean): Problem {
  if (status === 401) return { kind: 'key-needed', tried: keyGiven };
  if (code === 'caller_limit_reached' || code === 'day_quota_reached') return { kind: 'used-up', detail };
  if (code === 'transport_unavailable') return { kind: 'agent-failed', detail };
  if (status === 429) return { kind: 'too-many-tries', retryAfterSeconds };
  if (status === 503) return { kind: 'busy', detail, retryAfterSeconds };
  return status < 500 ? { kind: 'refused', detail } : { kind: 'agent-failed', detail };
}

/** `type` classifies a device error, `status` is of an offer that was refused (TransportStartError). */
function fieldsOf(thrown: unknown): { readonly status: number | undefined; readonly type: string | undefined } {
  const status = fieldOf(thrown, 'status');
  const type = fieldOf(thrown, 'type');
  return {
    status: typeof status === 'number' ? status : undefined,
    type: typeof type === 'string' ? type : undefined,
  };
}
