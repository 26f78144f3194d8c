/** What a span says: numbers and words of ours, and what anyone said only where that is asked for. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** The trace of one call: a span for the call itself, and one below it for each thing that has happened in it. */
export interface CallTrace {
  /** 32 hexadecimal digits (W3C Trace Context); undefined while nothing is traced. */
  readonly traceId: string | undefined;
  /** Something that took `lastedMs` and is over now. */
  span(name: string, lastedMs: number, attributes?: SpanAttributes, failed?: boolean): void;
  /** The call is over. Idempotent. */
  end(attributes: SpanAttributes, failed: boolean): void;
}

export interface Tracing {
  startCall(attributes: SpanAttributes): CallTrace;
  /** Sends what is left. Idempotent, bounded, never rejects. */
  close(): Promise<void>;
}

export const NO_TRACE: CallTrace = { traceId: undefined, span: () => undefined, end: () => undefined };

export const NO_TRACING: Tracing = { startCall: () => NO_TRACE, close: () => Promise.resolve() };
