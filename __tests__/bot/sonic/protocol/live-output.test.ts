import type { OwnEvent } from '../../../../bot/sonic/protocol/output-reducer';
import type { OutputEvent, Stage } from '../../../../bot/sonic/protocol/parse-output';
import { effectsOf } from './support/effects-of';

/* The live service, which uses one completion for a whole session, tells when the caller speaks, and says at the pace of playback what was spoken. */

const at = { completionId: 'K', contentId: '' };
const block = (type: string, role: string, stage: Stage, contentId = ''): OutputEvent => ({
  kind: 'block-start',
  ...at,
  contentId,
  type,
  role,
  stage,
});
const end = (type: string, stopReason: string): OutputEvent => ({ kind: 'block-end', ...at, type, stopReason });
const text = (words: string): OutputEvent => ({ kind: 'text', ...at, text: words });
const audio = (contentId = ''): OutputEvent => ({ kind: 'audio', ...at, contentId, base64: 'AAAA' });
const speechStart: OutputEvent = { kind: 'speech-start' };
const speechEnd: OutputEvent = { kind: 'speech-end' };
const callerSilent: OwnEvent = { kind: 'caller-silent' };
const ownText: OwnEvent = { kind: 'own-text' };
const user = (words: string): OutputEvent[] => [
  block('TEXT', 'USER', 'final'),
  text(words),
  end('TEXT', 'PARTIAL_TURN'),
];
const announce = (words: string, stage: Stage = 'speculative', reason = 'PARTIAL_TURN'): OutputEvent[] => [
  block('TEXT', 'ASSISTANT', stage),
  text(words),
  end('TEXT', reason),
];
const speak = (reason: string, contentId = ''): OutputEvent[] => [
  block('AUDIO', 'ASSISTANT', 'unmarked', contentId),
  audio(contentId),
  end('AUDIO', reason),
];
const finalText = (words: string, reason = 'END_TURN'): OutputEvent[] => announce(words, 'final', reason);
const marker: OutputEvent[] = [
  block('TEXT', 'ASSISTANT', 'final'),
  text('{ "interrupted" : true }'),
  end('TEXT', 'INTERRUPTED'),
];
/** An answer whose audio is still coming. */
const answering: OutputEvent[] = [
  speechStart,
  { kind: 'completion-start', ...at },
  speechEnd,
  ...user('Tell me a story.'),
  ...announce('Once upon a time.'),
  block('AUDIO', 'ASSISTANT', 'unmarked', 'a1'),
  audio('a1'),
];

function run(...events: readonly (OutputEvent | OwnEvent)[]): string[] {
  return effectsOf(events).map((effect) => {
    if (effect.type === 'transcript') return `${effect.transcript.stage}: ${effect.transcript.text}`;
    return effect.type === 'ignored' ? effect.what : effect.type;
  });
}

const ALL_OF_IT = [
  'caller-heard',
  'caller-finished',
  'final: Tell me a story.',
  'turn-started',
  'speculative: Once upon a time.',
  'audio',
];
const after = (...events: readonly (OutputEvent | OwnEvent)[]): string[] => {
  const effects = run(...answering, ...events);
  expect(effects.slice(0, ALL_OF_IT.length)).toEqual(ALL_OF_IT);
  return effects.slice(ALL_OF_IT.length);
};
const nextAnswer = [speechEnd, ...user('Stop.'), ...announce('All right.'), ...speak('END_TURN', 'a2')];
const NEXT_ANSWER = [
  'caller-finished',
  'final: Stop.',
  'turn-started',
  'speculative: All right.',
  'audio',
  'turn-ended',
];

describe('rule 1: an answer is known by what is seen, not by ids', () => {
  it('tells two answers of one completion apart', () => {
    const effects = after(end('AUDIO', 'END_TURN'), speechStart, ...nextAnswer);
    expect(effects).toEqual(['turn-ended', 'caller-heard', 'interrupted', ...NEXT_ANSWER]);
  });

  it('begins another answer when the caller spoke though the former one never ended', () => {
    const effects = run(...announce('One.'), ...speak('PARTIAL_TURN'), ...user('And?'), ...announce('Two.'));
    expect(effects).toEqual([
      'turn-started',
      'speculative: One.',
      'audio',
      'interrupted',
      'final: And?',
      'turn-started',
      'speculative: Two.',
    ]);
  });

  it('lets a late final text end, begin or interrupt nothing', () => {
    const late = [...announce('Two.'), ...finalText('Once upon a time.'), audio()];
    expect(after(end('AUDIO', 'END_TURN'), ...user('Go on.'), ...late).slice(2)).toEqual([
      'final: Go on.',
      'turn-started',
      'speculative: Two.',
      'final: Once upon a time.',
      'audio',
    ]);
  });

  it('ends a wordless answer with an empty block of sound', () => {
    expect(run(...announce('Hm.'), block('AUDIO', 'ASSISTANT', 'unmarked'), end('AUDIO', 'END_TURN')).at(-1)).toBe(
      'turn-ended',
    );
  });

  it('is not ended by a sentence that says END_TURN, as three blocks of one answer may', () => {
    expect(run(...announce('One.', 'speculative', 'END_TURN'), ...finalText('One.'))).not.toContain('turn-ended');
  });
});

describe('rule 2: the first sign of a barge-in counts, once', () => {
  it.each([
    ['A: nothing but the start of speech, and the sound just stops', [speechStart]],
    [
      'A: nothing but the start of speech, and the sound ends as if nothing were',
      [speechStart, end('AUDIO', 'PARTIAL_TURN')],
    ],
    ['A: the old answer runs on to its end', [speechStart, audio('a1'), end('AUDIO', 'END_TURN')]],
    ['B: speech, then the marker', [speechStart, ...marker]],
    ['B: speech, the end of the sound, then the marker', [speechStart, end('AUDIO', 'INTERRUPTED'), ...marker]],
    ['D: the end of the sound, then speech', [end('AUDIO', 'INTERRUPTED'), speechStart]],
    ['the marker before the start of speech', [...marker, speechStart]],
  ])('%s', (_variant, signs) => {
    const effects = after(...signs, ...nextAnswer).filter(
      (effect) => effect !== 'caller-heard' && effect !== 'lateAudio',
    );
    expect(effects).toEqual(['interrupted', ...NEXT_ANSWER]);
  });

  it('A: an answer that runs on past the caller’s words stays cut off until it has ended', () => {
    const rest = [...announce('There was a king.'), ...speak('END_TURN', 'a3')];
    const effects = after(speechStart, speechEnd, ...rest, ...announce('All right.'), ...speak('END_TURN', 'a4'));
    expect(effects).toEqual(['caller-heard', 'interrupted', 'caller-finished', 'lateAudio', ...NEXT_ANSWER.slice(2)]);
  });

  it.each([
    ['between two sentences', [end('AUDIO', 'END_TURN'), speechStart]],
    ['in the middle of one', [speechStart, audio('a1'), end('AUDIO', 'END_TURN')]],
  ])('A: an answer of which every sentence claims to be the last is cut off %s', (_when, signs) => {
    const rest = [...announce('There was a king.', 'speculative', 'END_TURN'), ...speak('END_TURN', 'a2')];
    const effects = after(...signs, ...rest, ...nextAnswer).filter((effect) => !/late|turn-ended/.test(effect));
    expect(effects).toEqual([
      'caller-heard',
      'interrupted',
      ...NEXT_ANSWER.filter((effect) => effect !== 'turn-ended'),
    ]);
  });

  it('C: all sound has been sent, and is still heard', () => {
    expect(after(end('AUDIO', 'END_TURN'), speechStart, ...marker)).toEqual([
      'turn-ended',
      'caller-heard',
      'interrupted',
    ]);
  });

  it('F: nothing but words of the caller; the next answer is another one', () => {
    expect(after(...user('Stop.'), audio('a1'), ...announce('All right.'))).toEqual([
      'interrupted',
      'final: Stop.',
      'lateAudio',
      'turn-started',
      'speculative: All right.',
    ]);
  });

  it('drops sentences and sound of the old answer for as long as the caller speaks', () => {
    const rest = [audio('a1'), ...announce('There was a king.'), ...speak('PARTIAL_TURN', 'a2')];
    const effects = after(speechStart, ...rest, ...nextAnswer);
    expect(effects).toEqual(['caller-heard', 'interrupted', 'lateAudio', 'lateAudio', ...NEXT_ANSWER]);
  });

  it('is heard again with sound alone, once the caller’s words have come', () => {
    expect(after(speechStart, speechEnd, ...user('Stop.'), ...speak('END_TURN', 'a2')).slice(4)).toEqual([
      'turn-started',
      'audio',
      'turn-ended',
    ]);
  });

  it('is heard again when the model never says that the caller has ended, but they have', () => {
    expect(after(speechStart, callerSilent, ...announce('Yes?')).slice(2)).toEqual([
      'turn-started',
      'speculative: Yes?',
    ]);
  });

  it('E: of our own text the service says as if it were a barge-in', () => {
    const effects = after(end('AUDIO', 'END_TURN'), ownText, ...marker, ...announce('Noon.'), ...speak('END_TURN'));
    expect(effects).toEqual(['turn-ended', 'turn-started', 'speculative: Noon.', 'audio', 'turn-ended']);
  });

  it('E: is a barge-in all the same when the caller speaks after the text was typed', () => {
    expect(after(ownText, speechStart)).toEqual(['caller-heard', 'interrupted']);
  });

  it('keeps the late final text of an answer that was cut off', () => {
    expect(after(speechStart, speechEnd, ...finalText('Once upon')).at(-1)).toBe('final: Once upon');
  });
});

describe('rule 12: what comes in another shape', () => {
  it('takes a text without a stage for an announcement, and the same text again for what was spoken', () => {
    const effects = run(
      ...announce('One.', 'unmarked'),
      ...speak('END_TURN'),
      ...announce('One.', 'unmarked', 'END_TURN'),
    );
    expect(effects).toEqual(['turn-started', 'speculative: One.', 'audio', 'turn-ended', 'final: One.']);
  });

  it('takes the same text once more for the same, though it is told twice that it was spoken', () => {
    const finals = [...announce('One.', 'unmarked', 'END_TURN'), ...announce('One.', 'unmarked', 'END_TURN')];
    const effects = run(
      ...announce('One.', 'unmarked'),
      ...speak('END_TURN'),
      ...finals,
      ...announce('Two.', 'unmarked'),
    );
    expect(effects.slice(4)).toEqual(['final: One.', 'final: One.', 'turn-started', 'speculative: Two.']);
  });

  it('takes the same text for another sentence where sound follows', () => {
    const sentence = [...announce('One.', 'unmarked'), ...speak('END_TURN')];
    const told = announce('One.', 'unmarked', 'END_TURN');
    const sounds = ['turn-started', 'speculative: One.', 'audio', 'turn-ended'];
    expect(run(...sentence, ...told, ...sentence)).toEqual([...sounds, 'final: One.', 'final: One.', ...sounds]);
    expect(run(...sentence, ownText, ...sentence)).toEqual([...sounds, 'final: One.', ...sounds]);
  });

  it('takes the same text for what was spoken where the sound that follows has words of its own', () => {
    const [two, one] = [announce('Two.', 'unmarked'), announce('One.', 'unmarked')];
    const effects = run(...one, ...speak('PARTIAL_TURN'), ...two, ...one, ...speak('END_TURN'));
    expect(effects.slice(3)).toEqual(['speculative: Two.', 'final: One.', 'audio', 'turn-ended']);
  });

  it('takes usage before any answer for no sign of one', () => {
    const usage = { inputSpeechTokens: 1, inputTextTokens: 0, outputSpeechTokens: 0, outputTextTokens: 0 };
    expect(run({ kind: 'usage', usage })).toEqual(['usage']);
  });
});
