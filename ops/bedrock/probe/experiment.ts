import type { Lab } from './lab';

/** What an experiment found about one question. */
export interface Answer {
  readonly subject: string;
  /** The stand-in's word for it (its switch of that name, where it has one); undefined: not known. */
  readonly variant: string | undefined;
  /** What was seen, or why it is not known. */
  readonly saw: string;
}

/** What it needs at the most. */
export interface Needs {
  readonly seconds: number;
  /** How many answers the model gives, each with its prompt. */
  readonly answers: number;
  /** How long it speaks in all of them. */
  readonly answerSeconds: number;
  /** Audio sent, silence included: some say it costs nothing. */
  readonly audioSeconds: number;
  /** Beyond the prompts of its answers. */
  readonly textTokens?: number;
}

/** Some questions that one or a few streams answer together. */
export interface Experiment {
  readonly name: string;
  /** The question of each subject, in words. */
  readonly asks: Readonly<Record<string, string>>;
  /** Questions that arise only from some answers. */
  readonly mayAsk?: Readonly<Record<string, string>>;
  readonly needs: Needs;
  /** `alone`: after all others. `long`: left out by --quick, and run beside all others. */
  readonly when: 'together' | 'long' | 'alone';
  /** @throws what a stream or a lab throws: its questions are then not known */
  run(lab: Lab): Promise<readonly Answer[]>;
}

/** An answer with a variant. */
export const known = (subject: string, variant: string, saw: string): Answer => ({ subject, variant, saw });
export const unknown = (subject: string, why: string): Answer => ({ subject, variant: undefined, saw: why });

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
