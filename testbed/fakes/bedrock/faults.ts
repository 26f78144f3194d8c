import { TEXTS } from './exceptions';

/** Everything that can be made to go wrong, as the service or the network between would do it. */
export type Fault =
  /** Refused before the stream opens, e.g. 403, 404, 429, 503. */
  | { readonly kind: 'http-error'; readonly status: number; readonly type?: string; readonly message?: string }
  /** An exception in the stream, modelled (`throttlingException`, …) or of any unknown type; the stream ends. */
  | { readonly kind: 'exception'; readonly type: string; readonly message?: string }
  /** An unmodelled error, `:message-type=error`; the stream ends. */
  | { readonly kind: 'error-message'; readonly code: string; readonly message: string }
  /** A message whose checksum is wrong. */
  | { readonly kind: 'bad-crc' }
  /** An HTTP/2 code; INTERNAL_ERROR (2) when none is given. */
  | { readonly kind: 'rst-stream'; readonly code?: number }
  /** 0 lets the stream go on. */
  | { readonly kind: 'goaway'; readonly code: number }
  | { readonly kind: 'tcp-fin' }
  | { readonly kind: 'tcp-rst' }
  /** The network loses everything from now on, in both directions: not even a PING is answered. */
  | { readonly kind: 'tcp-stall' }
  /** A clean end of the response in mid-call. */
  | { readonly kind: 'end-stream' }
  /** Accepts the connection and never says a word, not even SETTINGS. Always at open. */
  | { readonly kind: 'no-settings' }
  /** Speaks HTTP/2 and never answers the request. Always at open. */
  | { readonly kind: 'no-headers' }
  /** Sends nothing any more, but reads. At open: headers, then silence. */
  | { readonly kind: 'silent' }
  /** Stops reading, so that flow control fills up towards the client. */
  | { readonly kind: 'stall' }
  /** Reads, finishes what it says, reacts to nothing any more. */
  | { readonly kind: 'deaf' }
  /** Every output event comes this much later. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Bytes that are not JSON, in the event or in the payload around it; the stream goes on. */
  | { readonly kind: 'garbage-json'; readonly layer?: 'event' | 'payload' }
  /** An event of an unknown name; the stream goes on. */
  | { readonly kind: 'unknown-event' }
  /** An event of this very text, JSON or not; the stream goes on. */
  | { readonly kind: 'event'; readonly json: string }
  /** Speech whose audio stops without any end of content, turn or completion. */
  | { readonly kind: 'stuck-turn' }
  /** The next tool use has arguments that are not JSON. */
  | { readonly kind: 'bad-tool-arguments' }
  /** A peer that speaks HTTP/1.1 only. Always at open. */
  | { readonly kind: 'http1-peer' };

/** When it happens, in the session that it is meant for. */
export type FaultTrigger =
  | 'at-open'
  /** The first output event has been sent; usage does not count, which comes by the clock. */
  | 'after-first-event'
  /** Some speech has been sent and more is to come. */
  | 'during-speech'
  /** The caller's turn, spoken or typed, is complete; no answer has been begun. */
  | 'on-user-turn'
  /** A tool use has been sent. */
  | 'on-tool-use'
  /** A tool result has come; it has not been answered. */
  | 'on-tool-result'
  | { readonly afterMs: number };

export interface PlannedFault {
  readonly fault: Fault;
  readonly when: FaultTrigger;
}

/** Faults that are possible only before a stream is open. */
function isOpeningFault({ kind }: Fault): boolean {
  return kind === 'http-error' || kind === 'no-headers' || kind === 'no-settings' || kind === 'http1-peer';
}

/**
 * Faults in waiting, in order. Each is meant for one session, and held for it from the moment when its connection is
 * accepted, because some faults happen before there is a request.
 */
export class FaultQueue {
  #waiting: { readonly planned: PlannedFault; times: number }[] = [];
  readonly #held = new Map<string, PlannedFault>();

  /** `times` may be Infinity. @throws Error for a fault that cannot happen at that time. */
  add(fault: Fault, when: FaultTrigger, times: number): void {
    if (isOpeningFault(fault) && when !== 'at-open') throw new Error(`${fault.kind} can happen only at open`);
    this.#waiting.push({ planned: { fault, when }, times });
  }

  clear(): void {
    this.#waiting = [];
    this.#held.clear();
  }

  /** A connection is there: the next fault is held for it. */
  hold(connection: string): Fault | undefined {
    const next = this.#next();
    if (next !== undefined) this.#held.set(connection, next);
    return next?.fault;
  }

  /** A request is there: takes what is held for its connection; another request on the same one takes the next. */
  take(connection: string): PlannedFault | undefined {
    const held = this.#held.get(connection);
    this.#held.delete(connection);
    return held ?? this.#next();
  }

  /** The connection is gone: what it made no use of is again the next. */
  release(connection: string): void {
    const unused = this.#held.get(connection);
    this.#held.delete(connection);
    if (unused !== undefined) this.#waiting.unshift({ planned: unused, times: 1 });
  }

  #next(): PlannedFault | undefined {
    const [next] = this.#waiting;
    if (next === undefined) return undefined;
    next.times -= 1;
    if (next.times <= 0) this.#waiting.shift();
    return next.planned;
  }
}

/** The service's usual words for an exception; anything else gets a plain sentence. */
export function usualMessage(type: string): string {
  switch (type.charAt(0).toLowerCase() + type.slice(1)) {
    case 'throttlingException':
      return 'Too many requests, please wait before trying again.';
    case 'serviceUnavailableException':
      return 'Bedrock is unable to process your request.';
    case 'internalServerException':
      return TEXTS.unexpected;
    case 'modelStreamErrorException':
      return 'An error occurred while streaming the response. Please try again.';
    case 'modelTimeoutException':
      return 'Model has timed out in processing the request';
    case 'modelErrorException':
      return 'The system encountered an error while processing the model.';
    case 'validationException':
      return TEXTS.invalidInput;
    case 'accessDeniedException':
      return "You don't have access to the model with the specified model ID.";
    case 'resourceNotFoundException':
      return 'Could not resolve the foundation model from the provided model identifier.';
    case 'serviceQuotaExceededException':
      return 'Your request exceeds the service quota for your account.';
    default:
      return 'The request failed.';
  }
}

/** The exception that usually comes with an HTTP status. */
export function usualType(status: number): string {
  switch (status) {
    case 400:
      return 'ValidationException';
    case 403:
      return 'AccessDeniedException';
    case 404:
      return 'ResourceNotFoundException';
    case 408:
      return 'ModelTimeoutException';
    case 424:
      return 'ModelErrorException';
    case 429:
      return 'ThrottlingException';
    case 503:
      return 'ServiceUnavailableException';
    default:
      return 'InternalServerException';
  }
}
