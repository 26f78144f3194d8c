import { ALL_PAGES, pageIn } from '../../contract/languages/page';
import {
  AgentLeft,
  problemOf,
  StartRefused,
  StartTimeout,
  Unreachable,
  UnsendableKey,
  type Problem,
} from '../../client/problems';
import { endingWords, problemWords } from '../../client/words';

const ENGLISH = pageIn('en');

/** What a start throws that was refused. */
function refusedStart(status: number, detail: string, more: { code?: string; retryAfterSeconds?: number } = {}): Error {
  return new StartRefused({ status, detail, ...more });
}

/** What it throws when the offer was refused: the transport's TransportStartError. */
function refusedOffer(status: number): Error {
  return Object.assign(new Error(`WebRTC offer rejected with status ${status}`), { status });
}

function deviceError(type: string): Error {
  return Object.assign(new Error('a device'), { type });
}

describe('what a failed start means', () => {
  it.each<[string, Error, Problem]>([
    ['a blocked microphone', deviceError('permissions'), { kind: 'microphone-denied' }],
    ['no microphone', deviceError('not-found'), { kind: 'microphone-missing' }],
    ['a microphone another program holds', deviceError('in-use'), { kind: 'microphone-busy' }],
    ['a page without https', deviceError('undefined-mediadevices'), { kind: 'insecure-page' }],
    ['another device trouble', deviceError('unknown'), { kind: 'microphone-failed' }],
    ['a missing key', refusedStart(401, 'A key is needed'), { kind: 'key-needed', tried: false }],
    [
      'a full server',
      refusedStart(503, 'All lines are busy.', { code: 'at_capacity', retryAfterSeconds: 5 }),
      { kind: 'busy', detail: 'All lines are busy.', retryAfterSeconds: 5 },
    ],
    ['a key that no header carries', new UnsendableKey(), { kind: 'key-unsendable' }],
    [
      'a caller who has had all calls of the day',
      refusedStart(429, 'Until midnight.', { code: 'caller_limit_reached', retryAfterSeconds: 9_000 }),
      { kind: 'used-up', detail: 'Until midnight.' },
    ],
    [
      'a bot that lacks a variable',
      refusedStart(503, 'DAILY_API_KEY is not set.', { code: 'transport_unavailable' }),
      { kind: 'agent-failed', detail: 'DAILY_API_KEY is not set.' },
    ],
    ['an offer to a server that has filled up since', refusedOffer(429), { kind: 'busy', detail: undefined }],
    [
      'too many starts',
      refusedStart(429, 'Too many', { code: 'rate_limited', retryAfterSeconds: 42 }),
      { kind: 'too-many-tries', retryAfterSeconds: 42 },
    ],
    ['a refusal', refusedStart(400, 'No such transport'), { kind: 'refused', detail: 'No such transport' }],
    ['a session that is gone', refusedOffer(404), { kind: 'refused', detail: undefined }],
    ['a failure of the server', refusedStart(502, 'Daily refused'), { kind: 'agent-failed', detail: 'Daily refused' }],
    ['a server that does not answer', new Unreachable(new TypeError('Failed to fetch')), { kind: 'unreachable' }],
    ['no answer in time', new StartTimeout('agent'), { kind: 'unreachable' }],
    ['no media in time', new StartTimeout('media'), { kind: 'media-blocked' }],
    ['an agent that left', new AgentLeft('The model is down'), { kind: 'agent-failed', detail: 'The model is down' }],
    ['a client’s own failure', new SyntaxError('Unexpected end'), { kind: 'agent-failed', detail: undefined }],
  ])('is seen: %s', (_name, error, problem) => {
    expect(problemOf(error, { keyGiven: false, online: true })).toEqual(problem);
  });

  it('tells a wrong key from none, and no network from no server', () => {
    const wrongKey = refusedStart(401, 'The key is not right.');
    expect(problemOf(wrongKey, { keyGiven: true, online: true })).toEqual({ kind: 'key-needed', tried: true });
    const unreachable = new Unreachable(new TypeError('Load failed'));
    expect(problemOf(unreachable, { keyGiven: false, online: false })).toEqual({ kind: 'offline' });
  });

  it.each([undefined, null, 'text', 7, {}])('survives anything thrown: %p', (thrown) => {
    expect(problemOf(thrown, { keyGiven: false, online: true })).toEqual({ kind: 'agent-failed', detail: undefined });
  });
});

describe('the words for it', () => {
  const problems: Problem[] = [
    { kind: 'no-webrtc' },
    { kind: 'microphone-denied' },
    { kind: 'microphone-missing' },
    { kind: 'microphone-busy' },
    { kind: 'microphone-failed' },
    { kind: 'insecure-page' },
    { kind: 'key-needed', tried: false },
    { kind: 'key-needed', tried: true },
    { kind: 'busy', detail: undefined },
    { kind: 'too-many-tries' },
    { kind: 'used-up', detail: undefined },
    { kind: 'key-unsendable' },
    { kind: 'offline' },
    { kind: 'unreachable' },
    { kind: 'media-blocked' },
    { kind: 'refused', detail: undefined },
    { kind: 'agent-failed', detail: undefined },
  ];

  it.each(Object.keys(ALL_PAGES))('differ for every problem and hold no jargon: in %s', (language) => {
    const words = pageIn(language);
    const titles = problems.map((problem) => problemWords(problem, words).title);

    expect(new Set(titles).size).toBe(problems.length);
    for (const problem of problems) {
      const { title, text } = problemWords(problem, words);
      expect(`${title} ${text}`).not.toMatch(/\b(WebRTC|ICE|HTTP|API|SDP|error|status|undefined)\b/);
    }
  });

  it('say how long to wait as the language does', () => {
    const wait = (language: string): string =>
      problemWords({ kind: 'too-many-tries', retryAfterSeconds: 1 }, pageIn(language)).text;
    expect(wait('en')).toBe('You have called very often. Try again in 1 second.');
    expect(wait('de-DE')).toContain('1 Sekunde.');
    expect(wait('fr')).toMatch(/1\sseconde\.$/);
  });

  it('for an end name the server’s reason, and prefer its own text', () => {
    const ended = (reason: string | undefined, text: string | undefined): string =>
      endingWords({ kind: 'by-agent', reason, text }, ENGLISH).text;

    expect(ended('drained', undefined)).toBe('The service is being updated. You can call again right away.');
    expect(ended('drained', 'Back in five minutes.')).toBe('Back in five minutes.');
    expect(ended('something-new', undefined)).toBe('The agent ended the call.');
  });
});
