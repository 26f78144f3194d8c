import type { Leg, Next } from '../call/leg';
import { isE164, isSipAddress } from '../numbers';
import type { Network } from '../network';
import { Form, INVALID_PARAMETER } from './form';
import { detectionOf, placeCall } from './place-call';
import { invalid, notFound, RestError } from './rest-error';

const CREATE = [
  'To',
  'From',
  'Url',
  'Method',
  'Twiml',
  'FallbackUrl',
  'FallbackMethod',
  'StatusCallback',
  'StatusCallbackMethod',
  'Timeout',
  'TimeLimit',
  'SendDigits',
  'MachineDetection',
  'MachineDetectionTimeout',
  'MachineDetectionSpeechThreshold',
  'MachineDetectionSpeechEndThreshold',
  'MachineDetectionSilenceTimeout',
  'AsyncAmd',
  'AsyncAmdStatusCallback',
  'AsyncAmdStatusCallbackMethod',
];
const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];
const UPDATE = [
  'Url',
  'Method',
  'Twiml',
  'Status',
  'FallbackUrl',
  'FallbackMethod',
  'StatusCallback',
  'StatusCallbackMethod',
];
const MAX_RING_SECONDS = 600;
const FOUR_HOURS_SECONDS = 14_400;

/** Dials. Source: https://www.twilio.com/docs/voice/api/call-resource @throws RestError */
export function createCall(values: URLSearchParams, network: Network, own: readonly string[]): object {
  const form = new Form(values, CREATE, ['StatusCallbackEvent']);
  const to = form.text('To');
  if (to === undefined || to === '') throw invalid(21201, "No 'To' number is specified");
  if (!isE164(to) && !isSipAddress(to)) throw invalid(21211, "The 'To' number is not a valid phone number");
  const from = form.text('From');
  if (from === undefined || from === '') throw invalid(21213, "No 'From' number is specified");
  if (!own.includes(from)) throw invalid(21210, "The 'From' number is not one of this account, nor verified");
  const first = documentOf(form);
  if (first === undefined) throw invalid(21205, 'Url or Twiml is required');
  const events = form.all('StatusCallbackEvent');
  const unknown = events.find((event) => !EVENTS.includes(event));
  if (unknown !== undefined) throw invalid(INVALID_PARAMETER, `StatusCallbackEvent is none of ${EVENTS.join(', ')}`);
  const sendDigits = form.text('SendDigits');
  if (sendDigits !== undefined && !/^[0-9*#wW]{1,32}$/.test(sendDigits)) {
    throw invalid(INVALID_PARAMETER, 'SendDigits takes up to 32 of 0-9, *, #, w, W');
  }
  const subscription = form.action('StatusCallback', 'StatusCallbackMethod');
  const call = placeCall(network, {
    from,
    to,
    first,
    subscription:
      subscription === undefined
        ? undefined
        : { action: subscription, events: events.length === 0 ? ['completed'] : events },
    fallback: form.action('FallbackUrl', 'FallbackMethod'),
    // As documented: digits to send switch detection off.
    detection: sendDigits === undefined ? detectionOf(form) : undefined,
    ringMs: form.integer('Timeout', 60, MAX_RING_SECONDS) * 1000,
    limitMs: form.integer('TimeLimit', FOUR_HOURS_SECONDS, FOUR_HOURS_SECONDS) * 1000,
  });
  return callView(call, network.accountSid);
}

/** Hangs up, or has the call do something else. @throws RestError */
export function updateCall(call: Leg, values: URLSearchParams, network: Network, path: string): object {
  const form = new Form(values, UPDATE);
  // What is over cannot be changed, whatever is asked.
  if (call.isOver) throw notFound(path);
  const status = form.text('Status');
  const next = documentOf(form);
  if (status !== undefined && next !== undefined) throw invalid(INVALID_PARAMETER, 'Status and a document at once');
  if (next !== undefined) {
    if (!call.isAnswered) throw new RestError(400, 21220, 'Call is not in-progress. Cannot redirect.');
    call.redirect(next);
  } else if (status === 'completed') {
    call.end({ status: call.isAnswered ? 'completed' : 'canceled', by: 'rest' });
  } else if (status === 'canceled') {
    if (call.isAnswered) throw new RestError(400, 21220, 'Call is in-progress. Cannot cancel.');
    call.end({ status: 'canceled', by: 'rest' });
  } else {
    throw invalid(INVALID_PARAMETER, 'Status is none of completed, canceled');
  }
  return callView(call, network.accountSid);
}

/** A call as the API shows it. */
export function callView(call: Leg, accountSid: string): object {
  const { sid, from, to, status, direction, parentSid, createdMs, answeredBy } = call;
  return {
    sid,
    account_sid: accountSid,
    api_version: '2010-04-01',
    from,
    to,
    status,
    direction,
    parent_call_sid: parentSid ?? null,
    date_created: new Date(createdMs).toUTCString(),
    duration: call.isOver ? String(Math.round(call.durationMs / 1000)) : null,
    answered_by: answeredBy ?? null,
    price: null,
    uri: `/2010-04-01/Accounts/${accountSid}/Calls/${sid}.json`,
  };
}

function documentOf(form: Form): Next | undefined {
  const twiml = form.twiml('Twiml');
  const action = form.action('Url', 'Method');
  if (twiml !== undefined && action !== undefined) throw invalid(INVALID_PARAMETER, 'Url and Twiml at once');
  if (twiml !== undefined) return { kind: 'inline', twiml };
  return action === undefined ? undefined : { kind: 'ask', action };
}
