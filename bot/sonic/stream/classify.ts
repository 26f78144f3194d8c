import { MODEL_ACTIONS } from '../../../contract/models';
import { BotError, type ErrorCode } from '../../errors';
import { watchdogFailure, type Recovery, type StreamFailure } from './failure';
import type { StreamProgress } from './model-stream';
import { TransportFault, type TransportFaultKind } from './transport-fault';

type Rule = readonly [code: ErrorCode, recovery: Recovery, advice: string];

const ACCESS: Rule = [
  'model_access_denied',
  'none',
  `Bedrock refused access: allow ${MODEL_ACTIONS.join(' and ')} on this foundation model for the role in use, and have access to the model granted in this region.`,
];
const NOT_FOUND: Rule = [
  'model_not_found',
  'none',
  'Bedrock has no such model here: check NOVA_SONIC_MODEL_ID, and that BEDROCK_REGION offers it; cross-region profile ids do not work for this operation, and models reach an end of life.',
];
const BAD_CREDENTIALS: Rule = [
  'model_access_denied',
  'none',
  'AWS did not accept the credentials: check that the key exists, is active and belongs to this partition.',
];
const BAD_SIGNATURE: Rule = [
  'model_access_denied',
  'none',
  'AWS did not accept the signature: check the secret key, and that the machine keeps its clock by NTP.',
];
const WRONG_CLOCK: Rule = [
  'model_access_denied',
  'retry',
  'AWS did not accept the signature of a clock that is off by minutes, and is asked again by its own: have the machine keep its clock by NTP.',
];
const NO_CREDENTIALS: Rule = [
  'credentials_unavailable',
  'retry',
  'No valid AWS credentials: give the task a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
];
const THROTTLED: Rule = ['model_throttled', 'retry', 'Bedrock throttles: fewer starts a second, or a higher quota.'];
const UNAVAILABLE: Rule = [
  'model_unavailable',
  'retry',
  'The model is unavailable at the moment; nothing to do but wait.',
];
const BROKEN: Rule = ['model_stream_broken', 'retry', 'The stream to the model broke.'];
const TIMED_OUT: Rule = [
  'model_timed_out',
  'retry',
  'The model ended the stream because of its age or because nothing came in.',
];
const FILTERED: Rule = [
  'model_rejected_input',
  'doubt-input',
  'A content filter of the model refused the conversation: a system prompt that denies a persona or quotes speech sets it off.',
];
const HISTORY: Rule = ['model_history_too_big', 'trim-history', 'The model refused the history as too long.'];
const REJECTED: Rule = [
  'model_rejected_input',
  'none',
  'The model refused what it was sent: check voice, system prompt and tools.',
];
/** "Invalid input request" stands for races, history, slow signing and bad schemas alike, and passes as often as not. */
const DOUBTED: Rule = [REJECTED[0], 'doubt-input', REJECTED[2]];
const WRONG_ENDPOINT: Rule = [
  'model_endpoint_invalid',
  'none',
  'The endpoint is not the Bedrock runtime: check BEDROCK_ENDPOINT_URL and BEDROCK_REGION.',
];

/** By the exception's name in lower case: the wire has both spellings. */
const BY_NAME: Readonly<Record<string, Rule>> = {
  accessdeniedexception: ACCESS,
  resourcenotfoundexception: NOT_FOUND,
  servicequotaexceededexception: [
    'model_quota_exceeded',
    'none',
    'The account has no more concurrent streams: ask for a higher quota in Service Quotas, or lower MAX_CALLS.',
  ],
  throttlingexception: THROTTLED,
  toomanyrequestsexception: THROTTLED,
  serviceunavailableexception: UNAVAILABLE,
  modelnotreadyexception: UNAVAILABLE,
  internalserverexception: UNAVAILABLE,
  internalfailure: UNAVAILABLE,
  modeltimeoutexception: TIMED_OUT,
  modelstreamerrorexception: BROKEN,
  modelerrorexception: BROKEN,
  expiredtokenexception: NO_CREDENTIALS,
  expiredtoken: NO_CREDENTIALS,
  credentialsprovidererror: NO_CREDENTIALS,
  tokenprovidererror: NO_CREDENTIALS,
  unrecognizedclientexception: BAD_CREDENTIALS,
  invalidclienttokenid: BAD_CREDENTIALS,
  missingauthenticationtokenexception: BAD_CREDENTIALS,
  missingauthenticationtoken: BAD_CREDENTIALS,
  incompletesignatureexception: BAD_SIGNATURE,
  invalidsignatureexception: BAD_SIGNATURE,
  signaturedoesnotmatch: BAD_SIGNATURE,
  requestexpired: BAD_SIGNATURE,
  unknownoperationexception: WRONG_ENDPOINT,
};

/** A `validationException` stands for many things; its text, behind a changing prefix, tells them apart (see the rule's test). */
const VALIDATION_TEXTS: readonly (readonly [RegExp, Rule])[] = [
  [/over max limit|first message in chat history/i, HISTORY],
  [/timed out waiting/i, TIMED_OUT],
  [/RST_STREAM closed stream|system instability detected/i, BROKEN],
  [/invalid input request|unexpected error during processing|should be sent completely/i, DOUBTED],
  [/model identifier is invalid|end of (its )?life|throughput isn.t supported/i, NOT_FOUND],
];

const CONTENT_FILTER = /content filter|blocked by .*(filter|guardrail|policy)|responsible ai/i;

const BY_FAULT: Readonly<Record<TransportFaultKind, Rule>> = {
  dns: ['model_unreachable', 'retry', "The endpoint's name does not resolve: check DNS and BEDROCK_REGION."],
  refused: [
    'model_unreachable',
    'retry',
    'Nothing listens at the endpoint: check BEDROCK_ENDPOINT_URL, or start the sandbox.',
  ],
  unreachable: ['model_unreachable', 'retry', 'No route to the endpoint: check NAT, VPC endpoint and security groups.'],
  'connect-timeout': [
    'model_unreachable',
    'retry',
    'The endpoint does not take connections: check NAT, VPC endpoint and security groups.',
  ],
  untrusted: [
    'model_endpoint_invalid',
    'none',
    "The endpoint's certificate is not trusted: check BEDROCK_ENDPOINT_URL and proxies.",
  ],
  tls: [
    'model_endpoint_invalid',
    'none',
    'The endpoint does not speak TLS as expected: check http or https in BEDROCK_ENDPOINT_URL.',
  ],
  'settings-timeout': ['model_unreachable', 'retry', 'The endpoint took the connection and then said nothing.'],
  'not-http2': [
    'model_endpoint_invalid',
    'none',
    'The endpoint does not speak HTTP/2: a proxy in between, or a wrong BEDROCK_ENDPOINT_URL.',
  ],
  'no-response': ['model_stream_broken', 'retry', 'The endpoint closed the stream without an answer.'],
  'connection-lost': ['model_stream_broken', 'retry', 'The connection to the model was lost.'],
  'stream-reset': ['model_stream_broken', 'retry', 'The model reset the stream.'],
  goaway: ['model_stream_broken', 'retry', 'The model closed the connection.'],
  'ping-lost': ['model_stalled', 'retry', 'The connection to the model answers no more.'],
  aborted: ['model_stream_broken', 'retry', 'The stream was aborted.'],
};

/**
 * What a stream's end means. `thrown`: what `send()` or the response loop threw, undefined when the response merely
 * ended (which is no end that anybody asked for). `fault`: what the connection saw, if anything. Goes by name, then by
 * text, never by HTTP status: exceptions inside a stream carry none. `isClockSuspect`: only a wrong
 * clock would explain a signature that is not accepted, and the service's is known now or will be with the next refusal.
 */
export function classifyEnd(thrown: unknown, fault: TransportFault | undefined, isClockSuspect = false): StreamFailure {
  const named = thrown instanceof Error ? ruleByName(thrown) : undefined;
  if (named === BAD_SIGNATURE && isClockSuspect) return failure(WRONG_CLOCK, thrown);
  if (named !== undefined) return failure(named, thrown);
  const seen = fault ?? transportFaultIn(thrown);
  if (seen !== undefined) return failure(BY_FAULT[seen.kind], seen);
  if (thrown !== undefined) return failure(BROKEN, thrown);
  return failure(['model_stream_broken', 'retry', 'The model ended the stream without a reason.'], undefined);
}

/** An attempt to open a stream that came to nothing within its limit, by how far it had got. */
export function attemptTimedOut(progress: StreamProgress | undefined): StreamFailure {
  switch (progress) {
    case 'preparing':
      return watchdogFailure('credentials_unavailable', 'No AWS credentials came in time: check the provider.');
    case 'connecting':
      return watchdogFailure('model_unreachable', 'No connection to the model came about in time.');
    default:
      return watchdogFailure('model_timed_out', 'The model took the connection and did not answer in time.');
  }
}

function ruleByName(error: Error): Rule | undefined {
  const name = error.name.toLowerCase();
  if (name === 'validationexception') {
    if (CONTENT_FILTER.test(error.message)) return FILTERED;
    return VALIDATION_TEXTS.find(([text]) => text.test(error.message))?.[1] ?? REJECTED;
  }
  const rule = BY_NAME[name];
  if (rule === BROKEN && CONTENT_FILTER.test(error.message)) return FILTERED;
  return rule;
}

/** The SDK wraps some errors once or twice. */
function transportFaultIn(thrown: unknown): TransportFault | undefined {
  let error = thrown;
  for (let depth = 0; depth < 4 && error instanceof Error; depth += 1) {
    if (error instanceof TransportFault) return error;
    error = error.cause;
  }
  return undefined;
}

function failure([code, recovery, advice]: Rule, cause: unknown): StreamFailure {
  const said = cause instanceof Error ? ` (${cause.name}: ${cause.message.slice(0, 300)})` : '';
  return { error: new BotError(code, advice + said, cause === undefined ? {} : { cause }), recovery };
}
