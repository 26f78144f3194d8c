/** An exception as the service names it on the wire, before the stream (HTTP) or in it. */
export interface ServiceException {
  /** `:exception-type` in the stream (lower camel case), `x-amzn-errortype` before it. */
  readonly type: string;
  readonly message: string;
}

/** A refusal before the stream opens. */
export interface HttpException extends ServiceException {
  readonly status: number;
}

/** Texts seen from the real service; those that are the sandbox's own are made where they are needed. */
export const TEXTS = {
  historyTooBig: 'Chat history is over max limit',
  invalidInput: 'Invalid input request, please fix your input and try again.',
  unexpected: 'The system encountered an unexpected error during processing. Try your request again.',
  instability: 'System instability detected. Please retry your request.',
  contentFilter: 'This request has been blocked by our content filters.',
  reset531: 'InternalErrorCode=531::RST_STREAM closed stream. HTTP/2 error code: NO_ERROR',
  idleInput: 'Timed out waiting for input events',
  lifetime: 'Model has timed out in processing the request',
  lifetimeLive: 'Model has timed out in processing the request. Try your request again.',
  invalidSignature:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  unknownKey: 'The security token included in the request is invalid.',
  missingToken: 'Missing Authentication Token',
} as const;

/** A `validationException`, which is how the service refuses an event. */
export function validation(message: string): ServiceException {
  return { type: 'validationException', message };
}
