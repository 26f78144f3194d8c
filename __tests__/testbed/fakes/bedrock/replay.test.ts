import type { RecordingLine } from '../../../../contract/model-recordings';
import type { Act } from '../../../../testbed/fakes/bedrock/replay/acts';
import { difference } from '../../../../testbed/fakes/bedrock/replay/difference';
import { Replay } from '../../../../testbed/fakes/bedrock/replay/replay';
import { textDiff } from '../../../../testbed/fakes/bedrock/replay/text-diff';
import { scoreOf } from '../../../../testbed/fakes/bedrock/replay/score';
import { WRITTEN_HEAD } from '../../../support/stream-head';

const sent = (t: number, event: Record<string, unknown>): RecordingLine => ({ t, dir: 'in', event });
const said = (t: number, name: string, body: Record<string, unknown> = {}): RecordingLine => ({
  t,
  dir: 'out',
  event: { [name]: body },
});

const PLACE = { promptName: 'prompt-1', contentName: 'content-1' };
const start = { ...PLACE, type: 'TEXT', role: 'USER', interactive: true };
const typed = (t: number, content: unknown): RecordingLine[] => [
  sent(t, { contentStart: start }),
  sent(t, { textInput: { ...PLACE, content } }),
  sent(t, { contentEnd: PLACE }),
];
const heard = (t: number, ms: number, db: number): RecordingLine =>
  sent(t, { audioInput: { content: { samples: ms * 16, envelope: new Array<number>(ms / 20).fill(db) } } });

/** A replay whose clock is moved by hand, and what it says. */
function play(lines: readonly RecordingLine[], speed = 1) {
  const out: string[] = [];
  const replay = new Replay({
    cassette: { recording: { head: WRITTEN_HEAD, lines }, sound: undefined },
    speed,
    nowMs: 0,
    send: (name) => out.push(name),
    refuse: ({ type, message }) => out.push(`${type}: ${message}`),
    breakOff: () => out.push('broken off'),
  });
  // What is typed before there is audio is history, of which such a recording does not tell.
  replay.input('contentStart', { ...PLACE, contentName: 'audio', type: 'AUDIO', role: 'USER' }, 0);
  const type = (content: string, nowMs: number): void => {
    replay.input('contentStart', start, nowMs);
    replay.input('textInput', { ...PLACE, content }, nowMs);
    replay.input('contentEnd', PLACE, nowMs);
  };
  const said = (nowMs: number): string[] => {
    replay.tick(nowMs);
    return out.splice(0);
  };
  const listen = (pcm: Int16Array, times: number, fromMs: number): void => {
    for (let i = 0; i < times; i += 1) replay.hear(pcm, fromMs + 20 * i);
  };
  return { replay, type, said, listen };
}

const LOUD = Int16Array.from({ length: 320 }, (_, i) => 8_000 * Math.sin(i / 5));
const QUIET = new Int16Array(320);

describe('a recording that is played', () => {
  it('says what followed upon a text so long after it, however late the text comes', () => {
    const { type, said: saidBy } = play([
      ...typed(1_000, 'Hello.'),
      said(1_900, 'completionStart'),
      said(2_000, 'usageEvent'),
    ]);
    expect(saidBy(5_000)).toEqual([]);
    type('Hello.', 7_000);
    expect(saidBy(7_899)).toEqual([]);
    expect(saidBy(7_900)).toEqual(['completionStart']);
    expect(saidBy(8_000)).toEqual(['usageEvent']);
  });

  it('keeps the order in which things were said, and hurries by its speed', () => {
    const lines = [said(800, 'usageEvent'), ...typed(850, 'Hello.'), said(860, 'completionStart')];
    const { type, said: saidBy } = play(lines, 4);
    type('Hello.', 10);
    // The second is due, and waits for the first.
    expect(saidBy(199)).toEqual([]);
    expect(saidBy(200)).toEqual(['usageEvent', 'completionStart']);
  });

  it('waits for the caller to begin, and to end', () => {
    const lines = [
      heard(0, 100, -20),
      said(100, 'userSpeechStart'),
      heard(100, 300, -20),
      heard(400, 400, -96),
      said(700, 'userSpeechEnd'),
    ];
    const { outputs } = scoreOf({ head: WRITTEN_HEAD, lines });
    expect(outputs.map(({ cue, delayMs }) => [cue, delayMs])).toEqual([
      [{ kind: 'heard', ms: 100 }, 0],
      [{ kind: 'heard', ms: 400 }, 300],
    ]);
    const { listen, said: saidBy, replay } = play(lines);
    listen(QUIET, 50, 0);
    expect(saidBy(1_000)).toEqual([]);
    listen(LOUD, 20, 1_000);
    expect(saidBy(1_400)).toEqual(['userSpeechStart']);
    listen(QUIET, 50, 1_400);
    expect(saidBy(1_679)).toEqual([]);
    expect(saidBy(1_680)).toEqual(['userSpeechEnd']);
    expect(replay.playedTo).toBe(Infinity);
  });

  it('knows the same words again though a pause in them is shorter, and they are a little more or less', () => {
    const lines = [
      heard(0, 1_000, -20),
      heard(1_000, 320, -96),
      heard(1_320, 1_000, -20),
      heard(2_320, 300, -96),
      said(2_620, 'userSpeechEnd'),
      ...typed(3_000, 'Hello.'),
      heard(3_000, 500, -20),
      heard(3_500, 300, -96),
      said(3_800, 'completionEnd'),
    ];
    const { listen, type, said: saidBy } = play(lines);
    listen(LOUD, 49, 0);
    listen(QUIET, 13, 980);
    expect(saidBy(1_240)).toEqual([]);
    listen(LOUD, 50, 1_240);
    expect(saidBy(2_240)).toEqual([]);
    expect(saidBy(2_520)).toEqual(['userSpeechEnd']);
    type('Hello.', 2_700);
    listen(LOUD, 24, 3_000);
    listen(QUIET, 15, 3_480);
    expect(saidBy(3_700)).toEqual([]);
    expect(saidBy(3_780)).toEqual(['completionEnd']);
  });

  it('ends as the service ended it', () => {
    const cut = { message: 'Model has timed out in processing the request.' };
    expect(play([said(10, 'modelTimeoutException', cut)]).said(10)).toEqual([`modelTimeoutException: ${cut.message}`]);
    expect(play([said(10, 'streamEnd', { kind: 'broken' })]).said(10)).toEqual(['broken off']);
    expect(play([said(10, 'streamEnd', { kind: 'closed' })]).said(10)).toEqual([]);
  });

  it.each<[string, RecordingLine[], (run: ReturnType<typeof play>) => void, string | undefined]>([
    ['the same text', typed(0, 'Hello.'), ({ type }) => type('Hello.', 0), undefined],
    [
      'a text of which only the length was kept',
      typed(0, { text: 1, chars: 4 }),
      ({ type }) => type('Hello.', 0),
      undefined,
    ],
    [
      'another text',
      typed(0, 'Hello.'),
      ({ type }) => type('Good day.', 0),
      'line 4: typed text: +1 −1 lines: was "Hello.", is "Good day."',
    ],
    [
      'one text more',
      typed(0, 'Hello.'),
      ({ type }) => [0, 1].forEach(() => type('Hello.', 0)),
      'after the last line: the bot sends typed text "Hello.", the recording has no more',
    ],
    [
      'no text',
      typed(0, 'Hello.'),
      ({ replay }) => replay.input('promptEnd', {}, 0),
      'line 4: the bot sends promptEnd, the recording has typed text "Hello."',
    ],
    [
      'too early an end',
      [...typed(0, 'Hello.'), said(900, 'usageEvent')],
      ({ type, replay }) => {
        type('Hello.', 0);
        replay.over(100);
      },
      'line 5: the bot ended the stream, the recording goes on with usageEvent',
    ],
  ])('%s', (_what, lines, act, departure) => {
    const run = play(lines);
    act(run);
    expect(run.replay.departures[0]?.what).toBe(departure);
  });
});

describe('what of a text is other', () => {
  it('is told by sentences and lines, each between its neighbours', () => {
    expect(textDiff('One. Two. Three. Four.', 'One. Two! Three. Four.\nFive.')).toEqual([
      ' One.',
      '-Two.',
      '+Two!',
      ' Three.',
      ' Four.',
      '+Five.',
    ]);
    expect(textDiff('a.\nb.\nc.\nd.\ne.', 'a.\nb.\nc.\nd.')).toEqual([' d.', '-e.']);
  });

  it('is cut where there is very much of it', () => {
    const many = Array.from({ length: 60 }, (_, at) => `${at}.`).join('\n');
    expect(textDiff('', many)).toHaveLength(21);
    expect(textDiff('', many).at(-1)).toBe('… 40 more');
    expect(textDiff('x'.repeat(900), '')[0]).toHaveLength(201);
    expect(textDiff('', 'a.\n'.repeat(500))).toEqual([]);
  });
});

describe('history that is told to a recording', () => {
  const history = (content: string, role = 'ASSISTANT'): Extract<Act, { kind: 'text' }> => ({
    kind: 'text',
    role,
    interactive: false,
    content,
  });

  it('may end a word before, or after, where an answer was interrupted, and nowhere else', () => {
    const before = history('It was very long, and nobody');
    expect(difference(before, history('It was very'), undefined)).toBeUndefined();
    expect(difference(before, history('It was very long, and nobody ever heard'), undefined)).toBeUndefined();
    expect(difference(before, history('It was very long, and nobody ever heard it to its end.'), undefined)).toEqual({
      what: expect.stringContaining('history of ASSISTANT') as string,
      diff: ['-It was very long, and nobody', '+It was very long, and nobody ever heard it to its end.'],
    });
    expect(difference(before, history('It was rather'), undefined)).toBeDefined();
    expect(difference(history('I am', 'USER'), history('I am Ada', 'USER'), undefined)).toBeDefined();
  });
});
