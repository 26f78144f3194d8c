/**
 * Everything in which the service was seen, or is documented, to differ: for each switch its values, the one that the
 * live dialect has by default first. What each value is evidenced by is in docs/sandbox.md.
 */
export const SWITCHES = {
  /** What a client may send, and the texts it is refused with. */
  rules: ['live', 'documented'],
  /** How fast it detects, thinks and speaks, and in which pieces. */
  pace: ['live', 'documented'],
  /** When `usageEvent` comes, and whether silence costs. */
  usage: ['scattered', 'per-turn'],
  /** When the response headers come: once the prompt has been started, or with the request. */
  headers: ['after-opening', 'at-once'],
  /** Whether an AUDIO `contentStart` carries a stage. */
  audioStage: ['none', 'final'],
  /** What one completion id, completionStart and completionEnd span. */
  completion: ['session', 'turn'],
  /** userSpeechStart and userSpeechEnd. */
  speechEvents: ['sent', 'missing'],
  speechEnd: ['before-text', 'after-text'],
  /** One block of text for an utterance, or several. */
  userText: ['whole', 'fragments'],
  userEnd: ['PARTIAL_TURN', 'END_TURN'],
  /** How `additionalModelFields` gives a stage: JSON in a string, an object, not at all. */
  stage: ['text', 'object', 'missing'],
  /** What the second and later sentences of an answer begin with. */
  continuation: ['none', 'space', 'lines'],
  /** Which contentEnd of an answer says END_TURN: the last AUDIO, or every one. */
  turnEnds: ['last', 'every'],
  /** When the FINAL text of a sentence comes; `withheld`: that of the last sentence only with the next input. */
  finals: ['heard', 'late', 'withheld', 'missing', 'doubled'],
  /** The stop reason of FINAL texts; `last`: END_TURN for the last of an answer only. */
  finalEnd: ['END_TURN', 'PARTIAL_TURN', 'last'],
  /** What tells of a caller who speaks over the answer; E, which the client sets off itself, is `typedInSpeech`. */
  bargeIn: ['B', 'A', 'C', 'D', 'F'],
  /** What becomes of the AUDIO block that was running. */
  cutBlock: ['ends', 'ends-later', 'never-ends', 'runs-on'],
  /** The FINAL text of the sentence that was being heard when it was cut. */
  cutFinal: ['none', 'whole', 'heard-part'],
  /** Text typed before 68 ms of audio were fed: lost, answered once they were, answered at once. */
  typedUnfed: ['swallowed', 'cured', 'answered'],
  /** Text typed while it speaks cuts the answer with the marker, and is answered or not. */
  typedInSpeech: ['answered', 'unanswered'],
  /** Arguments of a tool: JSON, JSON in JSON, an object, or JSON in pieces over several events. */
  toolArguments: ['text', 'twice', 'object', 'pieces'],
  /** Words of its own while a tool runs, as a turn that ends before the result. */
  toolFiller: ['none', 'spoken'],
  /** Another use of the tool right after its first result. */
  toolChain: ['one', 'two'],
  /** Audio while a tool result is awaited. */
  toolAudio: ['accepted', 'refused'],
  /** What follows a tool use that is never answered. */
  toolUnanswered: ['silence', 'end-turn'],
  /** Whether answers have words; without, a turn ends as `wordlessEnd` says. */
  answers: ['spoken', 'wordless'],
  /** How the end of a turn without words looks: an empty AUDIO block, an empty text block, or nothing but usage. */
  wordlessEnd: ['audio', 'text', 'usage'],
  /** How long without audio or interactive content; `295-of-silence`: frames of silence do not count as audio. */
  idle: ['55', '295', '295-of-silence'],
  /** The name of the exception that ends a stream after eight minutes. */
  lifetime: ['modelTimeoutException', 'modelStreamErrorException'],
  /** What stands before the texts of refusals. */
  prefix: ['request-id', 'none', 'error-code', 'error-list'],
  /** How much history is accepted: with the prompt, 10 kB; less than 900 bytes; three messages; the documented 40 KB. */
  history: ['10k', 'tiny', 'three-messages', '40k'],
  /** A history whose last message is the caller's. */
  historyTail: ['refused', 'accepted'],
  /** Audio opened within 50 ms of the history. */
  historyRace: ['accepted', 'refused'],
  /** Schemas of tools: plain types only, not even `$schema`, or any JSON Schema. */
  schemas: ['plain', 'plain-without-dollar', 'any'],
  /** NUL and lone surrogates in text. */
  dirtyText: ['refused', 'accepted'],
  /** What goes wrong by itself, without a client's doing. */
  trouble: [
    'none',
    'instability',
    'unexpected-error',
    'invalid-input',
    'content-filter',
    'filter-after-history',
    'reset-531',
    'premature-close',
    'mute',
  ],
  /** Which sessions of a stand-in have the trouble. */
  troubleIn: ['first-session', 'every-session'],
} as const;

export type Behaviours = { readonly [Name in keyof typeof SWITCHES]: (typeof SWITCHES)[Name][number] };
export type SwitchName = keyof Behaviours;

export const SWITCH_NAMES = Object.keys(SWITCHES) as readonly SwitchName[];

/** The service as it was seen. */
export const LIVE = Object.fromEntries(SWITCH_NAMES.map((name) => [name, SWITCHES[name][0]])) as Behaviours;

/** The service as it is documented. */
export const DOCUMENTED: Behaviours = {
  ...LIVE,
  rules: 'documented',
  pace: 'documented',
  usage: 'per-turn',
  headers: 'at-once',
  audioStage: 'final',
  completion: 'turn',
  speechEvents: 'missing',
  userEnd: 'END_TURN',
  finalEnd: 'last',
  typedUnfed: 'answered',
  prefix: 'none',
  history: '40k',
  historyTail: 'accepted',
  schemas: 'any',
  dirtyText: 'accepted',
};

export type Dialect = 'live' | 'documented';
export const DIALECTS: Readonly<Record<Dialect, Behaviours>> = { live: LIVE, documented: DOCUMENTED };
export const DEFAULT_DIALECT: Dialect = 'live';

export function isDialect(name: string): name is Dialect {
  return Object.hasOwn(DIALECTS, name);
}

/** Switches that differ from `base`, for logs. */
export function differences(behaviours: Behaviours, base: Behaviours): Partial<Behaviours> {
  return Object.fromEntries(
    SWITCH_NAMES.filter((name) => behaviours[name] !== base[name]).map((name) => [name, behaviours[name]]),
  );
}

/** Reads one `name=value`. @throws Error that lists what there is. */
export function parseSwitch(text: string): Partial<Behaviours> {
  const [name = '', value = ''] = text.split('=', 2);
  const values: readonly string[] | undefined = (SWITCHES as Record<string, readonly string[]>)[name];
  if (values === undefined) throw new Error(`No behaviour ${name}; there are ${SWITCH_NAMES.join(', ')}`);
  if (!values.includes(value)) throw new Error(`${name} is one of ${values.join(', ')}`);
  return { [name]: value };
}
