import type { Leg } from './leg';

/** What every webhook is told of a call. Source: https://www.twilio.com/docs/voice/twiml (request parameters) */
export function callParameters(call: Leg, accountSid: string): Record<string, string> {
  const { sid, from, to, direction, status, parentSid } = call;
  return {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    CallSid: sid,
    CallStatus: status,
    Called: to,
    CalledCity: '',
    CalledCountry: 'US',
    CalledState: 'CA',
    CalledZip: '',
    Caller: from,
    CallerCity: '',
    CallerCountry: 'US',
    CallerState: 'CA',
    CallerZip: '',
    Direction: direction,
    From: from,
    FromCity: '',
    FromCountry: 'US',
    FromState: 'CA',
    FromZip: '',
    To: to,
    ToCity: '',
    ToCountry: 'US',
    ToState: 'CA',
    ToZip: '',
    ...(direction === 'inbound' ? { StirVerstat: 'TN-Validation-Passed-A' } : {}),
    ...(parentSid === undefined ? {} : { ParentCallSid: parentSid }),
    ...call.faults.parameters,
  };
}
