import { quirksOf } from '../../../contract/models';
import type { Answer } from './experiment';
import { OTHER } from './outcome';

/** Something to set, or to leave as it is. */
export interface Proposal {
  readonly subject: string;
  readonly text: string;
  /** What to type or write; undefined: it is right as it is. */
  readonly change: string | undefined;
}

/** Questions that are a switch of the stand-in, by the same name and with the same words. */
const NOT_SWITCHES: readonly string[] = ['typedFed', 'idleBefore', 'parallel'];

/** What follows from the answers for the bot's variables and for the model's entry in contract/models.ts. */
export function proposalsOf(answers: readonly Answer[], modelId: string): Proposal[] {
  const of = (subject: string): Answer | undefined =>
    answers.find((one) => one.subject === subject && one.variant !== undefined);
  return [
    toolAudio(of('toolAudio'), modelId),
    idle(of('idle')),
    history(of('history')),
    parallel(of('parallel')),
  ].filter((one) => one !== undefined);
}

/** The options that make the stand-in behave as the account did. */
export function standInOptions(answers: readonly Answer[]): string[] {
  return answers
    .filter(({ subject, variant }) => variant !== undefined && variant !== OTHER && !NOT_SWITCHES.includes(subject))
    .map(({ subject, variant }) => `--set ${subject}=${variant ?? ''}`);
}

function toolAudio(answer: Answer | undefined, modelId: string): Proposal | undefined {
  if (answer === undefined) return undefined;
  const holds = answer.variant === 'refused';
  const subject = 'holdAudioDuringTools';
  const text = holds ? 'audio during a tool ends the stream: it must wait' : 'audio may flow during a tool';
  const isSo = quirksOf(modelId).holdAudioDuringTools === holds;
  return {
    subject,
    text,
    change: isSo ? undefined : `contract/models.ts: quirks of ${modelId}: holdAudioDuringTools: ${holds}`,
  };
}

function idle(answer: Answer | undefined): Proposal | undefined {
  if (answer === undefined) return undefined;
  const isOfSilence = answer.variant === '295-of-silence';
  return {
    subject: 'NOVA_SONIC_ROTATE_SECONDS',
    text: isOfSilence ? 'silence does not count as audio for ever' : 'silence counts as audio',
    change: isOfSilence ? 'NOVA_SONIC_ROTATE_SECONDS=210' : undefined,
  };
}

function history(answer: Answer | undefined): Proposal | undefined {
  if (answer === undefined) return undefined;
  const isLittle = answer.variant === 'tiny' || answer.variant === 'three-messages';
  const text = isLittle
    ? 'less history is taken than the bot begins with; it halves, and says model_history_too_big'
    : 'the bot begins with 4 KB, which is taken';
  return { subject: 'history', text, change: undefined };
}

function parallel(answer: Answer | undefined): Proposal | undefined {
  if (answer === undefined) return undefined;
  const isEnough = answer.variant === 'accepted';
  const text = isEnough ? 'twenty-one streams are taken' : answer.saw;
  // A rotation needs a second stream for a moment.
  const change = isEnough
    ? undefined
    : 'MAX_CALLS below that number, or a higher quota: Service Quotas → Amazon Bedrock';
  return { subject: 'MAX_CALLS', text, change };
}
