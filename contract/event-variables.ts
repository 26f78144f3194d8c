import { secretKey, text } from './variable-readers';

/* Who hears of calls as they happen; a part of contract/variables.ts. */

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Where events may be posted: an https URL, or http of loopback. */
function isWebhook(raw: string): boolean {
  const url = URL.canParse(raw) ? new URL(raw) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname));
}

const QUEUE = /^https:\/\/sqs\.[a-z0-9-]+\.amazonaws\.com\/\d{12}\/[\w-]{1,80}$/;

export const EVENT_VARIABLES = {
  bus: text('CALL_EVENTS_BUS', 'the name or the ARN of an event bus', {
    pattern: /^(arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[\w./-]{1,256}$/,
    defaultText: 'none',
    description: 'A bus of EventBridge on which is said when calls start, end, fail and go to another agent.',
  }),
  webhook: text('CALL_EVENTS_WEBHOOK', 'an https URL without user or fragment, or http of loopback', {
    pattern: { test: isWebhook },
    defaultText: 'none',
    description: 'Where the same is posted, signed with CALL_EVENTS_KEY: see docs/call-events.md.',
  }),
  key: secretKey('CALL_EVENTS_KEY', {
    description: 'Signs what is posted to CALL_EVENTS_WEBHOOK.',
  }),
  otherKey: secretKey('CALL_EVENTS_KEY_OTHER', {
    description: 'The key before or after, with which it is signed, too, while keys change.',
  }),
  undelivered: text('CALL_EVENTS_UNDELIVERED', 'the URL of a queue of SQS, or the path of a folder', {
    pattern: { test: (raw) => QUEUE.test(raw) || !raw.includes('://') },
    defaultText: 'they are dropped, and counted',
    description: 'Where events go that nobody took.',
  }),
  endpointUrl: text('CALL_EVENTS_ENDPOINT_URL', 'the http origin of a loopback address', {
    pattern: /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?\/?$/,
    defaultText: 'EventBridge and SQS of AWS_REGION',
    description: 'For development: a stand-in for both. Refused where the bot runs on ECS.',
  }),
};
