/** Why a call could not begin, as far as a caller can do something about it. */
export type Problem =
  | { readonly kind: 'microphone-denied' }
  | { readonly kind: 'microphone-missing' }
  | { readonly kind: 'microphone-busy' }
  | { readonly kind: 'microphone-failed' }
  /** Microphones work on https pages (and on this computer itself) only. */
  | { readonly kind: 'insecure-page' }
  /** `tried`: the caller gave a key, and it was not the right one. */
  | { readonly kind: 'key-needed'; readonly tried: boolean }
  | { readonly kind: 'busy'; readonly detail: string | undefined }
  | { readonly kind: 'too-many-tries' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'media-blocked' }
  | { readonly kind: 'refused'; readonly detail: string | undefined }
  | { readonly kind: 'agent-failed'; readonly detail: string | undefined };

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

/**
 * What a failed start means to the caller. The Pipecat client gives a refusal's status and its `detail`, but a request
 * that never got an answer as status 500 with the browser's own words. (client-js 1.13.1, `startBot`.)
 */
export function problemOf(error: unknown, keyGiven: boolean): Problem {
  if (error instanceof StartTimeout)
    return error.step === 'media' ? { kind: 'media-blocked' } : { kind: 'unreachable' };
  if (error instanceof AgentLeft) return { kind: 'agent-failed', detail: error.detail };
  const { status, message, type, fromServer } = fieldsOf(error);
  const detail = fromServer ? message : undefined;
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
  if (status === 401) return { kind: 'key-needed', tried: keyGiven };
  // A 429 on an offer means that the server is full; on a start, that the limit per address is reached.
  if (status === 429) return fromServer ? { kind: 'too-many-tries' } : { kind: 'busy', detail: undefined };
  if (status === 503) return { kind: 'busy', detail };
  if (isNetworkFailure(message)) return { kind: 'unreachable' };
  if (status !== undefined && status >= 400 && status < 500) return { kind: 'refused', detail };
  return { kind: 'agent-failed', detail };
}

/** Chrome, Safari and Firefox, in this order; and the client's own limit. */
function isNetworkFailure(message: string | undefined): boolean {
  return message !== undefined && /^(failed to fetch|load failed|networkerror|timed out)/i.test(message);
}

interface Fields {
  readonly status: number | undefined;
  readonly message: string | undefined;
  /** Classifies a device error. */
  readonly type: string | undefined;
  /** The message is the server's `detail`, not the client's own. */
  readonly fromServer: boolean;
}

function fieldsOf(thrown: unknown): Fields {
  const { status, message, type, error } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Record<
    string,
    unknown
  >;
  return {
    status: typeof status === 'number' ? status : undefined,
    message: typeof message === 'string' && message !== '' ? message : undefined,
    type: typeof type === 'string' ? type : undefined,
    fromServer: error === 'invalid-request-error', // the mark of StartBotError
  };
}
