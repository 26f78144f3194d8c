import type { Action } from '../twiml/verbs';
import type { Conference, Member } from './conference';
import type { JoinOptions, Leg, Next } from './leg';

/** Names as callbacks have them. Source: https://www.twilio.com/docs/voice/twiml/conference (statusCallbackEvent) */
const CALLBACK_EVENTS = {
  start: 'conference-start',
  end: 'conference-end',
  join: 'participant-join',
  leave: 'participant-leave',
} as const;

/** Somebody is in a conference until they hang up, are put out, or it ends. @returns undefined: the next verb */
export async function joinConference(
  call: Leg,
  { conference, statusCallback, statusEvents, ...options }: JoinOptions,
  signal: AbortSignal,
): Promise<Next | undefined> {
  if (statusCallback !== undefined && conference.members.length === 0) {
    conference.onChange = (change, member) => {
      if (!statusEvents.includes(change)) return;
      tell(call, statusCallback, conference, change, member);
    };
  }
  const leave = (): void => conference.leave(call.sid);
  await new Promise<void>((resolve) => {
    call.log.add({ kind: 'conference', name: conference.name, change: 'joined' });
    call.connect((spoken) => conference.beat(call.sid, spoken));
    signal.addEventListener('abort', () => resolve(), { once: true });
    conference.join({ ...options, callSid: call.sid, hold: false, onOut: resolve });
    if (signal.aborted) resolve();
  });
  leave();
  call.log.add({ kind: 'conference', name: conference.name, change: 'left' });
  if (!signal.aborted) call.connect(undefined);
  return undefined;
}

function tell(
  call: Leg,
  action: Action,
  { sid, name }: Conference,
  change: keyof typeof CALLBACK_EVENTS,
  member: Member | undefined,
): void {
  call.tell('conference', action, {
    ConferenceSid: sid,
    FriendlyName: name,
    StatusCallbackEvent: CALLBACK_EVENTS[change],
    ...(member === undefined ? {} : { CallSid: member.callSid, ParticipantLabel: member.label ?? '' }),
  });
}
