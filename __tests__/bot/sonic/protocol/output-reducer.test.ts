import type { OwnEvent } from '../../../../bot/sonic/protocol/output-reducer';
import type { OutputEvent, Stage } from '../../../../bot/sonic/protocol/parse-output';
import { effectsOf } from './support/effects-of';

type Ids = { completion?: string; content?: string };

const ids = ({ completion = 'c1', content = 'k' }: Ids) => ({ completionId: completion, contentId: content });
const blockStart = (type: string, role: string, stage: Stage, at: Ids = {}): OutputEvent => ({
  kind: 'block-start',
  ...ids(at),
  type,
  role,
  stage,
});
const blockEnd = (type: string, stopReason: string, at: Ids = {}): OutputEvent => ({
  kind: 'block-end',
  ...ids(at),
  type,
  stopReason,
});
const text = (words: string, at: Ids = {}): OutputEvent => ({ kind: 'text', ...ids(at), text: words });
const audio = (at: Ids = {}): OutputEvent => ({ kind: 'audio', ...ids(at), base64: 'AAAA' });
const completionStart = (completion: string): OutputEvent => ({ kind: 'completion-start', ...ids({ completion }) });
const completionEnd = (completion: string): OutputEvent => ({ kind: 'completion-end', ...ids({ completion }) });
const MARKER = '{ "interrupted" : true }';

const says = (words: string, at: Ids = {}): OutputEvent[] => [
  blockStart('TEXT', 'ASSISTANT', 'speculative', { ...at, content: `${words}-text` }),
  text(words, at),
  blockEnd('TEXT', 'PARTIAL_TURN', at),
];
const speaks = (stopReason: string, at: Ids = {}): OutputEvent[] => [
  blockStart('AUDIO', 'ASSISTANT', 'final', at),
  audio(at),
  audio(at),
  blockEnd('AUDIO', stopReason, at),
];
const spoke = (words: string, stopReason: string, at: Ids = {}): OutputEvent[] => [
  blockStart('TEXT', 'ASSISTANT', 'final', at),
  text(words, at),
  blockEnd('TEXT', stopReason, at),
];
const callerSaid = (words: string, at: Ids = {}): OutputEvent[] => [
  blockStart('TEXT', 'USER', 'final', at),
  text(words, at),
  blockEnd('TEXT', 'END_TURN', at),
];

/** One word per effect, so that a story reads as a line. */
function run(...events: (OutputEvent | OwnEvent)[]): string[] {
  return effectsOf(events).map((effect) => {
    if (effect.type === 'transcript') {
      const { role, stage, text: words } = effect.transcript;
      return `${role === 'user' ? 'user' : stage}: ${words}`;
    }
    if (effect.type === 'interrupted' && effect.by === 'caller') return 'interrupted by the caller';
    return effect.type === 'ignored' ? effect.what : effect.type;
  });
}

describe('an exchange', () => {
  it('tells the caller’s words, the answer as announced and as spoken, its audio, and one turn', () => {
    expect(
      run(
        completionStart('c1'),
        ...callerSaid('What time is it?'),
        ...says('It is noon.'),
        ...speaks('PARTIAL_TURN', { content: 'a1' }),
        ...says('Enjoy your lunch.'),
        ...speaks('END_TURN', { content: 'a2' }),
        ...spoke('It is noon.', 'PARTIAL_TURN'),
        ...spoke('Enjoy your lunch.', 'END_TURN'),
        completionEnd('c1'),
      ),
    ).toEqual([
      'user: What time is it?',
      'turn-started',
      'speculative: It is noon.',
      'audio',
      'audio',
      'speculative: Enjoy your lunch.',
      'audio',
      'audio',
      'turn-ended',
      'final: It is noon.',
      'final: Enjoy your lunch.',
    ]);
  });

  it('joins pieces of the caller’s words until their block ends', () => {
    expect(
      run(blockStart('TEXT', 'USER', 'final'), text('What time'), text(' is it?'), blockEnd('TEXT', 'PARTIAL_TURN')),
    ).toEqual(['user: What time is it?']);
  });

  it('ends no turn with a final text, which may belong to an earlier answer: only patience ends one whose audio did not', () => {
    const events = [
      ...says('One.'),
      ...speaks('PARTIAL_TURN'),
      ...says('Two.'),
      ...speaks('PARTIAL_TURN'),
      ...spoke('One.', 'END_TURN'),
      ...spoke('Two.', 'END_TURN'),
    ];
    const told = (effects: string[]) => effects.filter((one) => one.startsWith('turn') || one.startsWith('final'));
    expect(told(run(...events))).toEqual(['turn-started', 'final: One.', 'final: Two.']);
    expect(run(...events, { kind: 'turn-over' }).at(-1)).toBe('turn-ended');
  });

  it('ends a turn with its completion, or with the next one’s start', () => {
    expect(run(...says('One.'), completionEnd('c1'))).toContain('turn-ended');
    expect(run(...says('One.'), completionEnd('another'))).not.toContain('turn-ended');
    expect(run(...says('One.'), completionStart('c2')).at(-1)).toBe('turn-ended');
    expect(run(...says('One.'), ...says('Two.', { completion: 'c2' }))).toEqual([
      'turn-started',
      'speculative: One.',
      'turn-ended',
      'turn-started',
      'speculative: Two.',
    ]);
  });

  it('starts a turn with audio that nothing announced', () => {
    expect(run(audio())).toEqual(['turn-started', 'audio']);
  });

  it('passes tool use and usage on', () => {
    const effects = run(
      { kind: 'tool-use', ...ids({}), toolUseId: 't', name: 'get_time', json: '{}' },
      {
        kind: 'usage',
        usage: { inputSpeechTokens: 1, inputTextTokens: 0, outputSpeechTokens: 0, outputTextTokens: 0 },
      },
    );
    expect(effects).toEqual(['tool-use', 'usage']);
  });

  it('counts what it does not know and goes on', () => {
    expect(run({ kind: 'unknown', name: 'mood' }, { kind: 'malformed', name: 'json' }, ...says('Hi.'))).toEqual([
      'unknownEvents',
      'malformedEvents',
      'turn-started',
      'speculative: Hi.',
    ]);
  });
});

describe('a barge-in', () => {
  const answering = [
    ...says('A long story.'),
    blockStart('AUDIO', 'ASSISTANT', 'final', { content: 'a1' }),
    audio({ content: 'a1' }),
  ];

  it.each([
    ['the text marker', [blockStart('TEXT', 'ASSISTANT', 'final'), text(MARKER)]],
    ['the end of the audio', [blockEnd('AUDIO', 'INTERRUPTED', { content: 'a1' })]],
    ['the end of a text', [blockStart('TEXT', 'ASSISTANT', 'final'), blockEnd('TEXT', 'INTERRUPTED')]],
  ])('is told by %s', (_, events) => {
    expect(run(...answering, ...events).slice(3)).toEqual(['interrupted']);
  });

  it('is told once, however often the service says so', () => {
    const effects = run(
      ...answering,
      blockEnd('AUDIO', 'INTERRUPTED', { content: 'a1' }),
      blockStart('TEXT', 'ASSISTANT', 'final'),
      text(MARKER),
      blockEnd('TEXT', 'INTERRUPTED'),
      completionEnd('c1'),
    );
    expect(effects.filter((effect) => effect === 'interrupted')).toHaveLength(1);
    expect(effects).not.toContain('turn-ended');
  });

  it('never shows the marker, in whatever spacing', () => {
    const said = [MARKER, '{"interrupted":true}', ' { "interrupted": true }\n'].flatMap((marker) =>
      run(...answering, ...spoke(marker, 'INTERRUPTED')),
    );
    expect(said.join(' ')).not.toMatch(/\{/);
  });

  it('keeps the words that were spoken before it', () => {
    expect(run(...answering, ...spoke('A long', 'INTERRUPTED')).slice(3)).toEqual(['final: A long', 'interrupted']);
  });

  it('is told even after the turn has ended, because the caller is still hearing it', () => {
    expect(
      run(...says('Done.'), ...speaks('END_TURN'), blockStart('TEXT', 'ASSISTANT', 'final'), text(MARKER)).slice(-2),
    ).toEqual(['turn-ended', 'interrupted']);
  });

  it('drops late audio of the answer that was cut off, in its block or in another one', () => {
    const effects = run(
      ...answering,
      blockEnd('TEXT', 'INTERRUPTED'),
      audio({ content: 'a1' }),
      ...speaks('END_TURN', { content: 'a2' }),
    );
    expect(effects.slice(3)).toEqual(['interrupted', 'lateAudio', 'lateAudio', 'lateAudio']);
  });

  it('drops late audio of it even when the next answer has begun', () => {
    const effects = run(
      ...answering,
      blockEnd('AUDIO', 'INTERRUPTED', { content: 'a1' }),
      completionStart('c2'),
      ...says('Yes?', { completion: 'c2' }),
      audio({ completion: 'c1', content: 'a1' }),
      ...speaks('END_TURN', { completion: 'c2', content: 'a9' }),
    );
    expect(effects.slice(3)).toEqual([
      'interrupted',
      'turn-started',
      'speculative: Yes?',
      'lateAudio',
      'audio',
      'audio',
      'turn-ended',
    ]);
  });

  it('of an earlier answer, told late, does not cut off the present one', () => {
    const effects = run(
      ...answering,
      blockEnd('AUDIO', 'INTERRUPTED', { content: 'a1' }),
      ...says('Yes?', { completion: 'c2' }),
      blockStart('TEXT', 'ASSISTANT', 'final', { completion: 'c1' }),
      text(MARKER, { completion: 'c1' }),
      blockEnd('TEXT', 'INTERRUPTED', { completion: 'c1' }),
      audio({ completion: 'c2' }),
    );
    expect(effects.filter((effect) => effect === 'interrupted')).toHaveLength(1);
    expect(effects.at(-1)).toBe('audio');
  });

  it('leaves the bot its voice where the service keeps one completion id for the whole session', () => {
    const effects = run(
      ...answering,
      blockEnd('AUDIO', 'INTERRUPTED', { content: 'a1' }),
      ...callerSaid('Stop.'),
      ...says('All right.'),
      ...speaks('END_TURN', { content: 'a2' }),
      blockStart('TEXT', 'ASSISTANT', 'final'),
      text(MARKER),
    );
    expect(effects.slice(3)).toEqual([
      'interrupted',
      'user: Stop.',
      'turn-started',
      'speculative: All right.',
      'audio',
      'audio',
      'turn-ended',
      'interrupted',
    ]);
  });

  it('does not wait for final texts that never come', () => {
    const effects = run(
      ...says('One.'),
      ...speaks('PARTIAL_TURN'),
      ...says('Two.'),
      blockEnd('AUDIO', 'INTERRUPTED'),
      completionStart('c2'),
      ...says('Three.', { completion: 'c2' }),
      ...speaks('END_TURN', { completion: 'c2' }),
    );
    expect(effects.slice(-5)).toEqual(['turn-started', 'speculative: Three.', 'audio', 'audio', 'turn-ended']);
  });
});
