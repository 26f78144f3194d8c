import { OpsError } from './ops-error';

/** One option of a command. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help, such as `PATH`. */
  readonly value?: string;
  readonly default?: string;
  /** Whether it may be said several times. */
  readonly isRepeatable?: true;
  readonly description: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** A word after the command's name. Its value is read like that of an option of the same name. */
export interface Positional {
  readonly name: string;
  readonly description: string;
  readonly isOptional?: true;
  /** Absent: any word will do. */
  readonly choices?: readonly string[];
  /** Words beside the choices that are right by their form, and how the form is shown. */
  readonly orLike?: { readonly pattern: RegExp; readonly shown: string };
}

/** The words that will do, as a list to read. */
export const choicesShown = ({ choices = [], orLike }: Positional): string =>
  [...choices, ...(orLike === undefined ? [] : [orLike.shown])].join(', ');

/** Options that every command has. */
export const COMMON_FLAGS = {
  environment: {
    type: 'string',
    value: 'NAME',
    description: 'the settings to go by: environments/NAME.json [DEPLOY_ENVIRONMENT, else test]',
  },
  region: { type: 'string', value: 'NAME', description: "the AWS region [the settings' region]" },
  json: { type: 'boolean', description: 'print one JSON object instead of a page' },
  help: { type: 'boolean', description: 'print this and do nothing' },
} as const satisfies Flags;

/** For commands that change a deployment: the environment has to be named, by `--environment NAME` or as this word. */
export const ENVIRONMENT: Positional = { name: 'environment', description: 'the same as --environment NAME' };

export type FlagValue = string | boolean | readonly string[];

/** The values of options and positionals; those not given are absent, or have their default. */
export class FlagValues {
  readonly #values: ReadonlyMap<string, FlagValue>;

  constructor(values: Iterable<readonly [string, FlagValue]>) {
    this.#values = new Map(values);
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Every value of an option that may be said several times. */
  texts(name: string): readonly string[] {
    const value = this.#values.get(name);
    return typeof value === 'object' ? value : [];
  }

  isSet(name: string): boolean {
    return this.#values.get(name) === true;
  }

  /** One of `choices`. @throws OpsError `usage` */
  choice<T extends string>(name: string, choices: readonly T[]): T {
    const found = choices.find((one) => one === this.text(name));
    if (found !== undefined) return found;
    throw new OpsError('usage', `<${name}> must be one of ${choices.join(', ')}.`);
  }

  /** @throws OpsError `usage` when it is given and no number from `min` to `max` */
  number(name: string, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new OpsError('usage', `--${name} must be a number from ${min} to ${max}.`);
  }
}
