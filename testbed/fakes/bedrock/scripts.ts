import type { Behaviours } from './behaviours';

/** A named way of the live service; laid over the live dialect, or over another script. */
export interface Script {
  readonly about: string;
  readonly behaviours: Partial<Behaviours>;
}

/** Scripts by name. */
export const SCRIPTS = {
  'one-completion': { about: 'one completion for the session', behaviours: { completion: 'session' } },
  'completion-per-turn': { about: 'a completion for each turn', behaviours: { completion: 'turn' } },
  'late-finals': {
    about: 'FINAL texts 2.6 s after they were heard, into the next turn',
    behaviours: { finals: 'late' },
  },
  'withheld-final': { about: 'the last FINAL comes only with new input', behaviours: { finals: 'withheld' } },
  'missing-finals': { about: 'no FINAL texts at all', behaviours: { finals: 'missing' } },
  'doubled-finals': { about: 'each FINAL twice', behaviours: { finals: 'doubled' } },
  'every-end-ends': { about: 'END_TURN on every contentEnd', behaviours: { turnEnds: 'every' } },
  'barge-a': {
    about: 'only userSpeechStart; the audio block ends as PARTIAL_TURN',
    behaviours: { bargeIn: 'A', cutBlock: 'ends' },
  },
  'barge-a-stops': {
    about: 'only userSpeechStart; the audio simply stops, its block ends before the next answer',
    behaviours: { bargeIn: 'A', cutBlock: 'ends-later' },
  },
  'barge-a-stops-for-good': {
    about: 'only userSpeechStart; the audio simply stops, its block never ends',
    behaviours: { bargeIn: 'A', cutBlock: 'never-ends' },
  },
  'barge-a-runs-on': {
    about: 'only userSpeechStart; the old audio goes on',
    behaviours: { bargeIn: 'A', cutBlock: 'runs-on' },
  },
  'barge-b': { about: 'AUDIO INTERRUPTED, then the marker', behaviours: { bargeIn: 'B', cutBlock: 'ends' } },
  'barge-b-marker-only': {
    about: 'the marker, and nothing about the audio',
    behaviours: { bargeIn: 'B', cutBlock: 'never-ends' },
  },
  'barge-b-whole-final': {
    about: 'the marker, then the cut sentence as if all of it had been heard',
    behaviours: { bargeIn: 'B', cutFinal: 'whole' },
  },
  'barge-b-heard-final': {
    about: 'the marker, then the words heard of the cut sentence',
    behaviours: { bargeIn: 'B', cutFinal: 'heard-part' },
  },
  'barge-c': { about: 'the audio has ended with END_TURN, then the marker', behaviours: { bargeIn: 'C' } },
  'barge-d': { about: 'AUDIO INTERRUPTED and no marker', behaviours: { bargeIn: 'D' } },
  'barge-e': { about: 'own text cuts the answer and is answered', behaviours: { typedInSpeech: 'answered' } },
  'barge-e-unanswered': { about: 'own text cuts the answer, no more', behaviours: { typedInSpeech: 'unanswered' } },
  'barge-f': { about: "nothing but the caller's words", behaviours: { bargeIn: 'F', cutBlock: 'runs-on' } },
  'tool-arguments-twice': { about: 'JSON in JSON', behaviours: { toolArguments: 'twice' } },
  'tool-arguments-object': { about: 'an object', behaviours: { toolArguments: 'object' } },
  'tool-arguments-pieces': { about: 'JSON over several toolUse events', behaviours: { toolArguments: 'pieces' } },
  'tool-filler': { about: 'a turn of its own while the tool runs', behaviours: { toolFiller: 'spoken' } },
  'tool-chain': { about: 'a second use after the first result', behaviours: { toolChain: 'two' } },
  'tool-audio-refused': {
    about: '300 ms of audio end a stream that awaits a result',
    behaviours: { toolAudio: 'refused' },
  },
  'tool-unanswered-silence': { about: 'silence until the idle cut', behaviours: { toolUnanswered: 'silence' } },
  'tool-unanswered-end': { about: 'END_TURN without words', behaviours: { toolUnanswered: 'end-turn' } },
  'wordless-turns': { about: 'turns end without a word', behaviours: { answers: 'wordless' } },
  'typed-swallowed': { about: 'text before 68 ms of audio is lost', behaviours: { typedUnfed: 'swallowed' } },
  'typed-cured': { about: 'audio after such a text has it answered', behaviours: { typedUnfed: 'cured' } },
  'idle-55': { about: '55 s', behaviours: { idle: '55' } },
  'idle-295': { about: '295 s', behaviours: { idle: '295' } },
  'idle-295-of-silence': { about: '295 s without speech', behaviours: { idle: '295-of-silence' } },
  'eight-minutes': { about: 'modelTimeoutException', behaviours: { lifetime: 'modelTimeoutException' } },
  'eight-minutes-stream-error': {
    about: 'modelStreamErrorException with the same text',
    behaviours: { lifetime: 'modelStreamErrorException' },
  },
  instability: { about: 'at the first answer', behaviours: { trouble: 'instability' } },
  'unexpected-error': { about: 'at the first answer', behaviours: { trouble: 'unexpected-error' } },
  'invalid-input': { about: 'at the first answer, for no reason', behaviours: { trouble: 'invalid-input' } },
  'content-filter': { about: 'at the first answer', behaviours: { trouble: 'content-filter' } },
  'filter-after-history': {
    about: 'at the first answer of a stream with history',
    behaviours: { trouble: 'filter-after-history', troubleIn: 'every-session' },
  },
  'reset-531': { about: 'the code of a reset as a text', behaviours: { trouble: 'reset-531' } },
  'premature-close': { about: 'gone right after the headers', behaviours: { trouble: 'premature-close' } },
  'mute-stream': { about: 'one usageEvent, then nothing', behaviours: { trouble: 'mute' } },
  'no-stage': { about: 'texts twice, without a stage', behaviours: { stage: 'missing' } },
  'stage-object': { about: 'the stage as an object', behaviours: { stage: 'object' } },
} as const satisfies Record<string, Script>;

export type ScriptName = keyof typeof SCRIPTS;

export function isScriptName(name: string): name is ScriptName {
  return name in SCRIPTS;
}

/** What scripts ask for together; the later ones win. */
export function behavioursOf(names: readonly ScriptName[]): Partial<Behaviours> {
  return Object.assign({}, ...names.map((name) => SCRIPTS[name].behaviours)) as Partial<Behaviours>;
}
