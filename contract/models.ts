/**
 * What is known of Amazon's speech models. AWS may offer more by now, so what is not in the table is warned of and left to
 * AWS; only a model whose life has ended is refused.
 */

/** A list, and when its source was last read. */
interface Reading<T> {
  readonly known: T;
  readonly readOn: string;
  /** Where the list is not the model's own. */
  readonly note?: string;
}

/** Dollars for a million tokens on demand. */
export interface ModelPrices {
  readonly inputSpeech: number;
  readonly inputText: number;
  readonly outputSpeech: number;
  readonly outputText: number;
}

/** What a model does differently from others with the same events: the bot asks for these, never for an id. */
export interface ModelQuirks {
  /** Audio that flows while a tool is at work was seen to end the stream: it must wait for the result. */
  readonly holdAudioDuringTools: boolean;
}

export interface OfferedModel {
  readonly state: 'offered';
  readonly title: string;
  readonly regions: Reading<readonly string[]>;
  /** By language, as a BCP 47 tag; matthew and tiffany speak every one of them. */
  readonly voices: Reading<Readonly<Record<string, readonly string[]>>>;
  /** The list prices of us-east-1 (https://aws.amazon.com/nova/pricing/); MODEL_PRICES has the last word. */
  readonly pricesUsd: ModelPrices;
  readonly quirks: ModelQuirks;
}

interface EndedModel {
  readonly state: 'ended';
  readonly endedOn: string;
}

/** The model the bot speaks with unless told otherwise. */
export const DEFAULT_MODEL_ID = 'amazon.nova-2-5-sonic';

/** By language, those of Nova 2 Sonic. */
const NOVA_2_VOICES = {
  'en-US': ['matthew', 'tiffany'],
  'en-GB': ['amy'],
  'en-AU': ['olivia'],
  'en-IN': ['arjun', 'kiara'],
  'hi-IN': ['arjun', 'kiara'],
  'fr-FR': ['ambre', 'florian'],
  'it-IT': ['beatrice', 'lorenzo'],
  'de-DE': ['lennart', 'tina'],
  'es-US': ['carlos', 'lupe'],
  'pt-BR': ['carolina', 'leo'],
} as const;

type WithoutRegion<Tag> = Tag extends `${infer Language}-${string}` ? Language : Tag;

/** A language that some model speaks, without its region: the bot has texts of its own in each (`contract/languages/`). */
export type SpokenLanguage = WithoutRegion<keyof typeof NOVA_2_VOICES>;

const NOVA_2_SONIC: OfferedModel = {
  state: 'offered',
  title: 'Nova 2 Sonic',
  // eu-north-1 was seen in use, the others are in Pipecat's `nova_sonic` service.
  regions: { known: ['us-east-1', 'us-west-2', 'ap-northeast-1', 'eu-north-1'], readOn: '27 November 2026' },
  voices: {
    known: NOVA_2_VOICES,
    readOn: 'October 2026',
  },
  pricesUsd: { inputSpeech: 3, inputText: 0.33, outputSpeech: 12, outputText: 2.75 },
  quirks: { holdAudioDuringTools: false },
};

const NOVA_2_5_SONIC: OfferedModel = {
  ...NOVA_2_SONIC,
  title: 'Nova 2.5 Sonic',
  regions: { known: ['us-east-1', 'us-west-2', 'eu-north-1', 'ap-northeast-1'], readOn: '27 November 2026' },
  // Of these, lupe and tiffany were seen in use with it.
  voices: { ...NOVA_2_SONIC.voices, note: "Nova 2 Sonic's: no list of its own was found" },
  quirks: { holdAudioDuringTools: true },
};

/** Every model that is known, by its id. */
const MODELS: Readonly<Record<string, OfferedModel | EndedModel>> = {
  [DEFAULT_MODEL_ID]: NOVA_2_5_SONIC,
  'amazon.nova-2-sonic-v1:0': NOVA_2_SONIC,
  'amazon.nova-sonic-v1:0': { state: 'ended', endedOn: '14 September 2026' },
};

/** What opens a bidirectional stream: AWS documents the first of them, and accounts were seen where it takes the second. */
export const MODEL_ACTIONS = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithBidirectionalStream'] as const;

const PROFILE_PREFIX = /^(us|eu|apac|jp|au|ca|global)\./;

/** Whether an id names a cross-region inference profile, which the bidirectional stream refuses. */
export const isCrossRegionProfile = (modelId: string): boolean => PROFILE_PREFIX.test(modelId);

/** What is known of the model behind an id, a foundation model's ARN or a cross-region profile. */
function lookUp(modelId: string): OfferedModel | EndedModel | undefined {
  const plain = modelId.replace(/^arn:.*\//, '').replace(PROFILE_PREFIX, '');
  return Object.hasOwn(MODELS, plain) ? MODELS[plain] : undefined;
}

/** What is known of a model; undefined: nothing, or that its life has ended. */
export function offeredModel(modelId: string): OfferedModel | undefined {
  const model = lookUp(modelId);
  return model?.state === 'offered' ? model : undefined;
}

/** Voices that were heard in every language of the model. */
const POLYGLOTS: readonly string[] = ['matthew', 'tiffany'];

/** Languages that a model speaks, as BCP 47 tags; one that is not known, those of the default. */
export const languagesOf = (modelId: string): readonly string[] =>
  Object.keys((offeredModel(modelId) ?? NOVA_2_5_SONIC).voices.known);

/** Voices of a language, those of no other first. */
export const voicesOf = (modelId: string, language: string): readonly string[] => [
  ...((offeredModel(modelId) ?? NOVA_2_5_SONIC).voices.known[language] ?? []),
  ...POLYGLOTS,
];

/** Whether a voice speaks a language; undefined where the voice is not known. */
export function speaks(modelId: string, voiceId: string, language: string): boolean | undefined {
  const { known } = (offeredModel(modelId) ?? NOVA_2_5_SONIC).voices;
  if (!Object.values(known).flat().includes(voiceId)) return undefined;
  return POLYGLOTS.includes(voiceId) || known[language]?.includes(voiceId) === true;
}

/** How a model behaves; one that is not known, as the default does, which takes the most care. */
export const quirksOf = (modelId: string): ModelQuirks => (offeredModel(modelId) ?? NOVA_2_5_SONIC).quirks;

/** Why AWS refuses a model for certain, as the end of a sentence that begins with its setting; undefined: it need not. */
export function endOfLife(modelId: string): string | undefined {
  const model = lookUp(modelId);
  if (model?.state !== 'ended') return undefined;
  return `must not be ${modelId}, whose life ended on ${model.endedOn}: set ${DEFAULT_MODEL_ID}`;
}

/** Where else a model is offered, as part of a sentence; for one that is not known, where the default is. */
export function whereOffered(modelId: string, besides?: string): string {
  const { known, readOn } = (offeredModel(modelId) ?? NOVA_2_5_SONIC).regions;
  return `${known.filter((region) => region !== besides).join(', ')} (as read on ${readOn})`;
}

/** What the model is to be called with; a region only where AWS's own endpoint of that region is. */
export interface ModelChoice {
  readonly modelId: string;
  readonly region: string | undefined;
  readonly voiceId: string;
}

/**
 * What the table does not know of a choice, in sentences that name the settings to change.
 * @param names what the settings are called where they are made
 */
export function modelDoubts(
  { modelId, region, voiceId }: ModelChoice,
  names: Readonly<Record<keyof ModelChoice, string>>,
): string[] {
  const model = offeredModel(modelId);
  if (model === undefined) {
    const known = Object.keys(MODELS).filter((id) => offeredModel(id) !== undefined);
    return [`${names.modelId} is ${modelId}, of which nothing is known; known are ${known.join(' and ')}`];
  }
  const doubts: string[] = [];
  if (region !== undefined && !model.regions.known.includes(region)) {
    doubts.push(
      `the model's region ${region} is not known to offer ${modelId}: check, or set ${names.region} to one of ${whereOffered(modelId)}`,
    );
  }
  const { known: voices, readOn, note } = model.voices;
  if (!Object.values(voices).flat().includes(voiceId)) {
    const source = [`as read in ${readOn}`, note].filter((part) => part !== undefined).join('; ');
    const list = Object.entries(voices).map(([language, speakers]) => `${speakers.join(', ')} (${language})`);
    doubts.push(`${names.voiceId} is not one of the voices known of ${model.title} (${source}): ${list.join(', ')}`);
  }
  return doubts;
}
