/*
 * The few documents that Twilio is answered with. Source: https://www.twilio.com/docs/voice/twiml
 */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** What XML 1.0 has no way to write. */
// eslint-disable-next-line no-control-regex
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const escaped = (text: string): string =>
  text.replace(UNWRITABLE, '').replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

/** An element; `content` is XML already. */
function element(name: string, attributes: Attributes = {}, content = ''): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(String(value))}"`],
  );
  const tag = `${name}${written.join('')}`;
  return content === '' ? `<${tag}/>` : `<${tag}>${content}</${name}>`;
}

const document = (...verbs: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>${element('Response', {}, verbs.join(''))}`;

export interface ConnectOptions {
  /** `wss:`, without a query: it would be dropped on the way. */
  readonly streamUrl: string;
  /** Asked when the stream has ended, or could not begin. */
  readonly afterUrl: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Connects the call with a stream both ways; the same way out by `action` and by the next verb, for either is taken. */
export function connect({ streamUrl, afterUrl, parameters }: ConnectOptions): string {
  const children = Object.entries(parameters).map(([name, value]) => element('Parameter', { name, value }));
  const stream = element('Stream', { url: streamUrl }, children.join(''));
  return document(element('Connect', { action: afterUrl, method: 'POST' }, stream), redirect(afterUrl));
}

const redirect = (url: string): string => element('Redirect', { method: 'POST' }, escaped(url));

/** Has the same asked once more, as another request. */
export const askAgain = (url: string): string => document(redirect(url));

/** The busy tone: the call is not answered and costs nothing. It must be the first verb. */
export const rejectBusy = (): string => document(element('Reject', { reason: 'busy' }));

export const hangUp = (): string => document(element('Hangup'));

/** Plays a recording and hangs up. */
export const playAndHangUp = (url: string): string => document(element('Play', {}, escaped(url)), element('Hangup'));

export interface DialOptions {
  /** `tel:+14155550100`, or a SIP address. */
  readonly address: string;
  readonly ringSeconds: number;
  /** Asked with the outcome when it is over. */
  readonly afterUrl: string;
}

/** Rings somebody while the caller hears the ringing, and connects both. */
export function dial({ address, ringSeconds, afterUrl }: DialOptions): string {
  const isNumber = address.startsWith('tel:');
  const whom = isNumber
    ? element('Number', {}, escaped(address.slice('tel:'.length)))
    : element('Sip', {}, escaped(address));
  return document(
    element('Dial', { timeout: ringSeconds, answerOnBridge: true, action: afterUrl, method: 'POST' }, whom),
    redirect(afterUrl),
  );
}

const room = (name: string, attributes: Attributes): string =>
  element('Conference', { beep: false, ...attributes }, escaped(name));

/** For the person who is asked: hears what it is about, and waits for the caller. */
export function briefThenMeet(summary: string, language: string, conference: string): string {
  const meet = room(conference, { startConferenceOnEnter: true, endConferenceOnExit: true });
  return document(element('Say', { language }, escaped(summary)), element('Dial', {}, meet));
}

/** For the caller: joins the person who waits. */
export function meet(conference: string, afterUrl: string): string {
  const joined = room(conference, { startConferenceOnEnter: true, endConferenceOnExit: true });
  return document(element('Dial', { action: afterUrl, method: 'POST' }, joined), redirect(afterUrl));
}
