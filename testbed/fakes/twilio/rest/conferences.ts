import type { Conference, Member } from '../call/conference';
import { isE164, isSipAddress } from '../numbers';
import type { Network } from '../network';
import { Form, INVALID_PARAMETER } from './form';
import { placeCall } from './place-call';
import { invalid, notFound } from './rest-error';

const INVITE = [
  'From',
  'To',
  'Label',
  'Timeout',
  'TimeLimit',
  'Beep',
  'Muted',
  'EarlyMedia',
  'StartConferenceOnEnter',
  'EndConferenceOnExit',
  'StatusCallback',
  'StatusCallbackMethod',
];

/** Source: https://www.twilio.com/docs/voice/api/conference-resource */
export function listConferences(values: URLSearchParams, network: Network): object {
  const form = new Form(values, ['FriendlyName', 'Status', 'PageSize', 'Page', 'PageToken']);
  const [name, status] = [form.text('FriendlyName'), form.text('Status')];
  const found = network.conferences.all.filter(
    (conference) =>
      (name === undefined || conference.name === name) && (status === undefined || conference.status === status),
  );
  return {
    conferences: found.map((one) => conferenceView(one, network.accountSid)),
    page: 0,
    page_size: 50,
    next_page_uri: null,
  };
}

/** @throws RestError */
export function updateConference(conference: Conference, values: URLSearchParams, network: Network): object {
  const form = new Form(values, ['Status']);
  if (form.text('Status') !== 'completed') throw invalid(INVALID_PARAMETER, 'Status takes completed');
  conference.end();
  return conferenceView(conference, network.accountSid);
}

export function conferenceView({ sid, name, status }: Conference, accountSid: string): object {
  return {
    sid,
    account_sid: accountSid,
    friendly_name: name,
    status,
    uri: `/2010-04-01/Accounts/${accountSid}/Conferences/${sid}.json`,
  };
}

export function listParticipants(conference: Conference, network: Network): object {
  const participants = conference.members.map((member) => participantView(conference, member, network.accountSid));
  return { participants, page: 0, page_size: 50, next_page_uri: null };
}

/** Dials somebody into a conference. Source: https://www.twilio.com/docs/voice/api/conference-participant-resource @throws RestError */
export function inviteParticipant(
  nameOrSid: string,
  values: URLSearchParams,
  network: Network,
  own: readonly string[],
): object {
  const form = new Form(values, INVITE, ['StatusCallbackEvent']);
  const [from, to] = [form.text('From') ?? '', form.text('To') ?? ''];
  if (!isE164(to) && !isSipAddress(to)) throw invalid(21211, "The 'To' number is not a valid phone number");
  if (!own.includes(from)) throw invalid(21210, "The 'From' number is not one of this account, nor verified");
  const conference = network.conferences.find(nameOrSid) ?? network.conferences.named(nameOrSid);
  form.oneOf('Beep', ['true', 'false', 'onEnter', 'onExit'], 'true');
  form.flag('EarlyMedia', true);
  const events = form.all('StatusCallbackEvent');
  const action = form.action('StatusCallback', 'StatusCallbackMethod');
  const label = form.text('Label');
  const member = {
    label,
    startsOnEnter: form.flag('StartConferenceOnEnter', true),
    endsOnExit: form.flag('EndConferenceOnExit'),
    muted: form.flag('Muted'),
  };
  const call = placeCall(network, {
    from,
    to,
    first: { kind: 'conference', join: { conference, ...member, statusCallback: undefined, statusEvents: [] } },
    subscription: action === undefined ? undefined : { action, events: events.length === 0 ? ['completed'] : events },
    fallback: undefined,
    detection: undefined,
    ringMs: form.integer('Timeout', 60, 600) * 1000,
    limitMs: form.integer('TimeLimit', 14_400, 14_400) * 1000,
  });
  const joined: Member = { ...member, callSid: call.sid, hold: false, onOut: () => undefined };
  return { ...participantView(conference, joined, network.accountSid), status: call.status };
}

/** Mutes, holds, or lets go on. @throws RestError */
export function updateParticipant(
  conference: Conference,
  member: Member,
  values: URLSearchParams,
  network: Network,
): object {
  const form = new Form(values, ['Muted', 'Hold']);
  member.muted = form.flag('Muted', member.muted);
  member.hold = form.flag('Hold', member.hold);
  return participantView(conference, member, network.accountSid);
}

/** By the call's identifier or the label. @throws RestError 20404 */
export function memberOf({ members }: Conference, sidOrLabel: string, path: string): Member {
  const found = members.find(({ callSid, label }) => callSid === sidOrLabel || label === sidOrLabel);
  if (found === undefined) throw notFound(path);
  return found;
}

export function participantView(
  { sid }: Conference,
  { callSid, label, muted, hold, ...member }: Member,
  accountSid: string,
): object {
  return {
    account_sid: accountSid,
    call_sid: callSid,
    conference_sid: sid,
    label: label ?? null,
    muted,
    hold,
    start_conference_on_enter: member.startsOnEnter,
    end_conference_on_exit: member.endsOnExit,
    status: 'connected',
  };
}
