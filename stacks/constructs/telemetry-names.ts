/**
 * What the bot says about itself: the log messages and fields that metric filters, alarms and saved queries read. The
 * bot may not be imported here, so the names are written down once more; a test holds them against the ones emitted.
 */
export const MESSAGES = {
  callStarted: 'call started',
  callEnded: 'call ended',
  callRefused: 'call refused',
  modelFailed: 'model failed',
  modelReconnected: 'model reconnected',
  toolCall: 'tool call',
  httpRequest: 'http request',
  /** Every 60 s from every task. */
  serviceStats: 'service stats',
} as const;
export type MessageName = keyof typeof MESSAGES;

/** Fields of each message that are read here. */
export const FIELDS = {
  callStarted: ['callId'],
  callEnded: [
    'callId',
    'reason',
    'durationMs',
    'turns',
    'bargeIns',
    'reconnects',
    'timeToGreetingMs',
    'endOfSpeechToAudioP50Ms',
  ],
  callRefused: ['code'],
  modelFailed: ['callId', 'code'],
  modelReconnected: ['callId', 'gapMs'],
  toolCall: ['callId', 'tool', 'outcome', 'durationMs'],
  httpRequest: ['route', 'status', 'durationMs'],
  serviceStats: ['activeCalls', 'maxCalls', 'eventLoopLagMs', 'rssMb'],
} as const satisfies Record<MessageName, readonly string[]>;

/** Why a call ended, where that is a failure of ours; the other reasons are a caller's or an operator's doing. */
export const FAILURE_REASONS = ['model-failed', 'transport-failed', 'internal'] as const;

/** The code of a call that was refused because the task was full. */
export const REFUSED_FULL = 'at_capacity';

/** The pattern of a metric filter: this message, and with `field` only where it has one. */
export function pattern(message: MessageName, ...conditions: readonly string[]): string {
  const all = [`$.msg = "${MESSAGES[message]}"`, ...conditions];
  return `{ ${all.map((one) => (all.length > 1 ? `(${one})` : one)).join(' && ')} }`;
}
