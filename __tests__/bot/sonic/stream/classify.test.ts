import { attemptTimedOut, classifyEnd } from '../../../../bot/sonic/stream/classify';
import { faultOf, TransportFault } from '../../../../bot/sonic/stream/transport-fault';

function named(name: string, message = 'as the service says', extra: object = {}): Error {
  const error = new Error(message);
  error.name = name;
  return Object.assign(error, extra);
}

function coded(code: string): Error {
  return Object.assign(new Error(`failed with ${code}`), { code });
}

describe('exceptions of the service', () => {
  it.each([
    ['AccessDeniedException', 'model_access_denied', 'none'],
    ['accessDeniedException', 'model_access_denied', 'none'],
    ['ResourceNotFoundException', 'model_not_found', 'none'],
    ['ServiceQuotaExceededException', 'model_quota_exceeded', 'none'],
    ['ThrottlingException', 'model_throttled', 'retry'],
    ['throttlingException', 'model_throttled', 'retry'],
    ['ServiceUnavailableException', 'model_unavailable', 'retry'],
    ['InternalServerException', 'model_unavailable', 'retry'],
    ['ModelNotReadyException', 'model_unavailable', 'retry'],
    ['ModelStreamErrorException', 'model_stream_broken', 'retry'],
    ['ModelErrorException', 'model_stream_broken', 'retry'],
    ['ModelTimeoutException', 'model_timed_out', 'retry'],
    ['ExpiredTokenException', 'credentials_unavailable', 'retry'],
    ['CredentialsProviderError', 'credentials_unavailable', 'retry'],
    ['UnrecognizedClientException', 'model_access_denied', 'none'],
    ['InvalidSignatureException', 'model_access_denied', 'none'],
    ['UnknownOperationException', 'model_endpoint_invalid', 'none'],
    ['SomethingNewException', 'model_stream_broken', 'retry'],
  ])('%s → %s, %s', (name, code, recovery) => {
    const { error, recovery: found } = classifyEnd(named(name), undefined);
    expect([error.code, found]).toEqual([code, recovery]);
  });

  it.each([
    ['Chat history is over max limit', 'model_history_too_big', 'trim-history'],
    ['Timed out waiting for audio bytes or interactive content. Please ensure gaps …', 'model_timed_out', 'retry'],
    ['Timed out waiting for input events', 'model_timed_out', 'retry'],
    ['RST_STREAM closed stream. HTTP/2 error code: INTERNAL_ERROR', 'model_stream_broken', 'retry'],
    ['System instability detected', 'model_stream_broken', 'retry'],
    ['The provided model identifier is invalid.', 'model_not_found', 'none'],
    ['This model version has reached the end of its life.', 'model_not_found', 'none'],
    ['The conversation was blocked by our content filters', 'model_rejected_input', 'doubt-input'],
    [
      'RequestId=5 : Invalid input request, please fix your input and try again.',
      'model_rejected_input',
      'doubt-input',
    ],
    [
      'The system encountered an unexpected error during processing. Try your request again.',
      'model_rejected_input',
      'doubt-input',
    ],
    ['Chat history should be sent completely before streaming audio.', 'model_rejected_input', 'doubt-input'],
    [
      'Error(s):\nError 1 : Chat history is over max limit. Trim chat history and try again.',
      'model_history_too_big',
      'trim-history',
    ],
    ['InternalErrorCode=531::RST_STREAM closed stream. HTTP/2 error code: NO_ERROR', 'model_stream_broken', 'retry'],
    ['Received invalid voiceId: value must not be empty', 'model_rejected_input', 'none'],
    ['voiceId is not valid', 'model_rejected_input', 'none'],
  ])('ValidationException “%s” → %s, %s', (message, code, recovery) => {
    const { error, recovery: found } = classifyEnd(named('ValidationException', message), undefined);
    expect([error.code, found]).toEqual([code, recovery]);
  });

  it('do not depend on an HTTP status, which exceptions inside a stream do not have', () => {
    const withStatus = named('ThrottlingException', 'slow down', { $metadata: { httpStatusCode: 403 } });
    expect(classifyEnd(withStatus, undefined).error.code).toBe('model_throttled');
  });

  it('weigh more than what the connection saw', () => {
    const fault = new TransportFault('connection-lost', 'the connection was closed');
    expect(classifyEnd(named('AccessDeniedException'), fault).error.code).toBe('model_access_denied');
  });

  it('tell an operator what to do, and what the service said', () => {
    const { error } = classifyEnd(named('AccessDeniedException', 'User x is not authorized'), undefined);
    expect(error.message).toContain('bedrock:InvokeModel');
    expect(error.message).toContain('User x is not authorized');
  });

  it('are quoted no longer than a line', () => {
    expect(classifyEnd(named('X', 'y'.repeat(10_000)), undefined).error.message.length).toBeLessThan(500);
  });
});

describe('ends without an exception', () => {
  it('an end that nobody asked for is a broken stream', () => {
    expect(classifyEnd(undefined, undefined)).toMatchObject({
      error: { code: 'model_stream_broken' },
      recovery: 'retry',
    });
  });

  it('what the connection saw is the reason of a nameless end', () => {
    const fault = new TransportFault('ping-lost', 'a PING was not answered');
    expect(classifyEnd(undefined, fault).error.code).toBe('model_stalled');
    expect(classifyEnd(new Error('premature close'), fault).error.cause).toBe(fault);
  });

  it('finds the cause in an error that the SDK has wrapped', () => {
    const fault = new TransportFault('refused', 'connect ECONNREFUSED');
    const wrapped = new Error('Pipeline error', { cause: new Error('inner', { cause: fault }) });
    expect(classifyEnd(wrapped, undefined).error.code).toBe('model_unreachable');
  });

  it('takes anything that was thrown', () => {
    for (const thrown of ['text', 5, null, {}, Symbol('x')]) {
      expect(classifyEnd(thrown, undefined).error.code).toBe('model_stream_broken');
    }
  });
});

describe('errors of the connection', () => {
  it.each([
    ['ENOTFOUND', 'dns', 'model_unreachable', 'retry'],
    ['ECONNREFUSED', 'refused', 'model_unreachable', 'retry'],
    ['EHOSTUNREACH', 'unreachable', 'model_unreachable', 'retry'],
    ['ECONNRESET', 'connection-lost', 'model_stream_broken', 'retry'],
    ['ERR_HTTP2_STREAM_ERROR', 'stream-reset', 'model_stream_broken', 'retry'],
    ['ERR_HTTP2_SESSION_ERROR', 'goaway', 'model_stream_broken', 'retry'],
    ['ERR_HTTP2_ERROR', 'not-http2', 'model_endpoint_invalid', 'none'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted', 'model_endpoint_invalid', 'none'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted', 'model_endpoint_invalid', 'none'],
    ['CERT_HAS_EXPIRED', 'untrusted', 'model_endpoint_invalid', 'none'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'untrusted', 'model_endpoint_invalid', 'none'],
    ['EPROTO', 'tls', 'model_endpoint_invalid', 'none'],
    ['ESOMETHING', 'connection-lost', 'model_stream_broken', 'retry'],
  ])('%s is %s → %s, %s', (errorCode, kind, code, recovery) => {
    const fault = faultOf(coded(errorCode), false);
    const { error, recovery: found } = classifyEnd(undefined, fault);
    expect([fault.kind, error.code, found]).toEqual([kind, code, recovery]);
  });

  it('nonsense from a peer that has spoken HTTP/2 is a lost connection', () => {
    expect(faultOf(coded('ERR_HTTP2_ERROR'), true).kind).toBe('connection-lost');
  });
});

describe('an attempt that took too long', () => {
  it.each([
    ['preparing', 'credentials_unavailable'],
    ['connecting', 'model_unreachable'],
    ['connected', 'model_timed_out'],
  ] as const)('while %s → %s', (progress, code) => {
    expect(attemptTimedOut(progress)).toMatchObject({ error: { code }, recovery: 'retry' });
  });
});
