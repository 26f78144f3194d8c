import { catalogueOf } from './entry';

/** A callee who was not reached. */
const NOT_ANSWERED = ['busy', 'no-answer', 'failed', 'canceled'] as const;

/** What happens on the telephone. `callSid` is the carrier's name of a call; no number is in any of it. */
export const PHONE_EVENTS = catalogueOf({
  phoneCallTaken: {
    description: 'A telephone call has its place; `callId` is ours, `callSid` finds it at the carrier.',
    message: 'phone call taken',
    fields: { callId: 'word', callSid: 'word', direction: ['in', 'out'], attempt: 'number' },
    metrics: {
      phoneCallsTaken: {
        description: 'Telephone calls taken, by direction.',
        prometheus: { type: 'counter', name: 'phone_calls_taken_total', labels: { direction: 'direction' } },
      },
    },
  },
  phoneCallConnected: {
    description: 'A telephone call that Daily held for the bot was put through to its room, after `heldMs`.',
    message: 'phone call connected',
    fields: { callSid: 'word', heldMs: 'number' },
  },
  phoneCallHeldLong: {
    description: 'A telephone caller has listened to music for 6 s, while the bot was not there for them.',
    message: 'phone call held long',
    level: 'warn',
    fields: { callSid: 'word' },
    metrics: {
      phoneCallsHeldLong: {
        description: 'Telephone callers who listened to music for more than 6 s, through Daily.',
        prometheus: { type: 'counter', name: 'phone_calls_held_long_total' },
        cloudwatch: { name: 'PhoneCallsHeldLong', kind: 'counted' },
      },
    },
  },
  phoneCallRefused: {
    description: 'A telephone call was refused with the busy tone, or its stream was; `code` is in errors.md.',
    message: 'phone call refused',
    fields: { code: 'word' },
    metrics: {
      phoneCallsRefused: {
        description: 'Telephone calls refused, by error code.',
        prometheus: { type: 'counter', name: 'phone_calls_refused_total', labels: { code: 'code' } },
        cloudwatch: { name: 'PhoneCallsRefused', kind: 'counted' },
      },
    },
  },
  phoneStreamLost: {
    description:
      'A caller heard an apology, or the message at Daily: no task had room (`no-room`), or the stream broke in the middle of the call (`broken`).',
    message: 'phone stream lost',
    level: 'warn',
    fields: { why: ['no-room', 'broken'], attempts: 'number', callSid: 'word' },
    metrics: {
      phoneStreamsLost: {
        description: 'Telephone callers who heard an apology, by why.',
        prometheus: { type: 'counter', name: 'phone_streams_lost_total', labels: { why: 'why' } },
        cloudwatch: { name: 'PhoneStreamsLost', kind: 'counted' },
      },
    },
  },
  phoneSignatureRefused: {
    description: "A request that says it is the carrier's and is not signed by it. A flood is logged at debug.",
    message: 'phone signature refused',
    level: 'warn',
    fields: { step: ['webhook', 'upgrade'], why: ['missing', 'wrong', 'unsupported', 'old'] },
    metrics: {
      phoneSignatureFailures: {
        description: "Requests in the carrier's name that it has not signed.",
        prometheus: { type: 'counter', name: 'phone_signature_failures_total', labels: { step: 'step', why: 'why' } },
        cloudwatch: { name: 'PhoneSignatureFailures', kind: 'counted' },
      },
    },
  },
  phoneHangUpFailed: {
    description: 'The carrier could not be told to hang up; the stream was closed instead.',
    message: 'phone hang-up failed',
    level: 'warn',
    fields: { code: 'word', callSid: 'word' },
    metrics: {
      phoneHangUpFailures: {
        description: 'Times that the carrier could not be told to hang up.',
        prometheus: { type: 'counter', name: 'phone_hang_up_failures_total', labels: { code: 'code' } },
        cloudwatch: { name: 'PhoneHangUpFailures', kind: 'counted' },
      },
    },
  },
  phoneDialled: {
    description: 'The bot has begun to call somebody.',
    message: 'phone dialled',
    fields: { callSid: 'word' },
    metrics: {
      phoneCallsDialled: {
        description: 'Calls that the bot began to make.',
        prometheus: { type: 'counter', name: 'phone_calls_dialled_total' },
        cloudwatch: { name: 'PhoneCallsDialled', kind: 'counted' },
      },
    },
  },
  phoneCallChanged: {
    description: "The carrier told of a call of ours: `status` is the carrier's word, as `busy`.",
    message: 'phone call changed',
    fields: { callSid: 'word', status: 'word' },
    metrics: {
      phoneCallsNotAnswered: {
        description: 'Calls of the bot that nobody answered.',
        cloudwatch: {
          name: 'PhoneCallsNotAnswered',
          kind: 'counted',
          where: { field: 'status', oneOf: NOT_ANSWERED },
        },
      },
      phoneCallChanges: {
        description: "Calls of the bot, by the carrier's word for what became of them.",
        prometheus: { type: 'counter', name: 'phone_call_changes_total', labels: { status: 'status' } },
      },
    },
  },
  phoneAnsweredBy: {
    description:
      'The carrier told who answered a call of the bot; `late`: no task that was asked has the call, or it is over.',
    message: 'phone answered by',
    fields: { callSid: 'word', by: 'word', late: 'flag' },
  },
});
