import { parseArgs } from 'node:util';
import { COMMON_FLAGS, type Command, type Flags } from './command';
import { PROGRAM } from './help';
import { OpsError } from './ops-error';
import { readThrown } from './thrown';

/** What was typed, understood. */
export type Parsed =
  | { readonly kind: 'overview' }
  | { readonly kind: 'help'; readonly command: Command }
  | { readonly kind: 'run'; readonly command: Command; readonly flags: FlagValues; readonly positional: string };

/** The options' values; those not given are absent, or have their default. */
export class FlagValues {
  readonly #values: ReadonlyMap<string, string | boolean>;

  constructor(values: Iterable<readonly [string, string | boolean]>) {
    this.#values = new Map(values);
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  isSet(name: string): boolean {
    return this.#values.get(name) === true;
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

/**
 * Finds the command in the arguments and reads its options.
 * @throws OpsError `usage`; its message never repeats an argument that could be a secret put in the wrong place
 */
export function parse(argv: readonly string[], commands: readonly Command[]): Parsed {
  const [first, second] = argv;
  if (first === undefined || first === '--help' || first === 'help') return { kind: 'overview' };
  const command =
    commands.find(({ name }) => name === `${first} ${second ?? ''}`) ?? commands.find(({ name }) => name === first);
  if (command === undefined) {
    const family = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
    throw new OpsError(
      'usage',
      family.length > 0 ? `Which one: ${family.join(', ')}?` : 'There is no such command.',
      `${PROGRAM} --help lists the commands.`,
    );
  }
  return readOptions(command, argv.slice(command.name.split(' ').length));
}

function readOptions(command: Command, rest: readonly string[]): Parsed {
  const fix = `${PROGRAM} ${command.name} --help`;
  const all: Flags = { ...command.flags, ...COMMON_FLAGS };
  const options = Object.fromEntries(
    Object.entries(all).map(([name, { type, default: fallback }]) => [
      name,
      fallback === undefined ? { type } : { type, default: fallback },
    ]),
  );
  let values: Record<string, unknown>;
  let positionals: string[];
  try {
    ({ values, positionals } = parseArgs({ args: [...rest], options, strict: true, allowPositionals: true }));
  } catch (error) {
    throw new OpsError('usage', explain(error, rest), fix);
  }
  if (values['help'] === true) return { kind: 'help', command };
  const choices = command.positional?.choices ?? [];
  const [positional = '', ...more] = positionals;
  if (more.length > 0 || (command.positional === undefined && positional !== '')) {
    throw new OpsError('usage', `${command.name} does not take so many arguments.`, fix);
  }
  if (command.positional !== undefined && !choices.includes(positional)) {
    throw new OpsError('usage', `<${command.positional.name}> must be one of ${choices.join(', ')}.`, fix);
  }
  const given = Object.entries(values).flatMap(([name, value]): [string, string | boolean][] =>
    typeof value === 'string' || typeof value === 'boolean' ? [[name, value]] : [],
  );
  return { kind: 'run', command, flags: new FlagValues(given), positional };
}

/** `parseArgs` quotes the argument; only the name of an option is repeated here. */
function explain(error: unknown, rest: readonly string[]): string {
  const { code, message } = readThrown(error);
  const name = /'(?:-\w, )?(--[a-z][a-z-]*)/.exec(message)?.[1];
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const known = rest.some((argument) => argument === name);
    return known ? `There is no option ${name ?? ''}.` : 'There is no such option.';
  }
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
    return name === undefined ? 'An option has no value, or one too many.' : `${name} has no value, or one too many.`;
  }
  return 'The arguments were not understood.';
}
