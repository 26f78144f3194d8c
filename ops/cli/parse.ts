import { parseArgs } from 'node:util';
import type { Command, CommandEntry } from './command';
import { choicesShown, COMMON_FLAGS, type Flags, type FlagValue, FlagValues, type Positional } from './flags';
import { PROGRAM } from './help';
import { nearest } from './nearest';
import { OpsError } from './ops-error';
import { readThrown } from './thrown';

/** What was typed, understood. */
export type Parsed =
  | { readonly kind: 'overview'; readonly family: string | undefined }
  | { readonly kind: 'help'; readonly entry: CommandEntry }
  | { readonly kind: 'run'; readonly name: string; readonly command: Command; readonly flags: FlagValues };

/**
 * Finds the command in the arguments and reads its options.
 * @throws OpsError `usage`; its message never repeats an argument that could be a secret put in the wrong place
 */
export function parse(argv: readonly string[], commands: readonly CommandEntry[]): Parsed {
  const [first, second] = argv;
  if (first === undefined || first === '--help' || first === 'help') return { kind: 'overview', family: undefined };
  const entry = entryFor(argv, commands);
  if (entry !== undefined) return readOptions(entry, argv.slice(entry.name.split(' ').length));
  const family = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
  if (family.length > 0 && second === '--help') return { kind: 'overview', family: first };
  // What was typed is not repeated, which may be a secret in the wrong place; what was meant is a name of ours.
  const meant =
    commands.find(({ name }) => name.endsWith(` ${first}`))?.name ??
    nearest(
      [first, second ?? ''].join(' ').trim(),
      commands.map(({ name }) => name),
    ) ??
    nearest(
      first,
      commands.map(({ name }) => name),
    );
  const none = meant === undefined ? 'There is no such command.' : `There is no such command; there is ${meant}.`;
  throw new OpsError(
    'usage',
    meant === undefined && family.length > 0 ? `Which one: ${family.join(', ')}?` : none,
    `${PROGRAM} ${family.length > 0 ? `${first} ` : ''}--help lists the commands.`,
  );
}

/** The command that the first words name. */
export function entryFor([first, second = '']: readonly string[], commands: readonly CommandEntry[]) {
  return commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first);
}

function readOptions(entry: CommandEntry, rest: readonly string[]): Parsed {
  const { name } = entry;
  const command = entry.load();
  const fix = `${PROGRAM} ${name} --help`;
  const all: Flags = { ...command.flags, ...COMMON_FLAGS };
  const options = Object.fromEntries(
    Object.entries(all).map(([flag, { type, default: fallback, isRepeatable: multiple = false }]) => [
      flag,
      fallback === undefined ? { type, multiple } : { type, default: fallback },
    ]),
  );
  let values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  let words: string[];
  try {
    ({ values, positionals: words } = parseArgs({ args: [...rest], options, strict: true, allowPositionals: true }));
  } catch (error) {
    throw new OpsError('usage', explain(error, rest, Object.keys(all)), fix);
  }
  if (values['help'] === true) return { kind: 'help', entry };
  const expected = (command.positionals ?? []).filter((one) => values[one.name] === undefined);
  if (words.length > expected.length) {
    throw new OpsError('usage', `${name} does not take so many arguments.`, fix);
  }
  const given = Object.entries(values).flatMap(([flag, value]): [string, FlagValue][] =>
    value === undefined ? [] : [[flag, Array.isArray(value) ? value.map(String) : value]],
  );
  const named = expected
    .filter(({ isOptional }, index) => isOptional !== true || words[index] !== undefined)
    .map((one, index) => [one.name, checkWord(one, words[index], fix)] as const);
  return { kind: 'run', name, command, flags: new FlagValues([...given, ...named]) };
}

function checkWord(expected: Positional, word: string | undefined, fix: string): string {
  const { name, choices, orLike } = expected;
  const isRight = choices?.includes(word ?? '') !== false || orLike?.pattern.test(word ?? '') === true;
  if (word !== undefined && word !== '' && isRight) return word;
  const problem = choices === undefined ? 'is missing' : `must be one of ${choicesShown(expected)}`;
  throw new OpsError('usage', `<${name}> ${problem}.`, fix);
}

/** `parseArgs` quotes the argument; only the name of an option is repeated here. */
function explain(error: unknown, rest: readonly string[], options: readonly string[]): string {
  const { code, message } = readThrown(error);
  const name = /'(?:-\w, )?(--[a-z][a-z-]*)/.exec(message)?.[1];
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const known = rest.some((argument) => argument === name);
    if (!known || name === undefined) return 'There is no such option.';
    const meant = nearest(name.slice(2), options);
    return `There is no option ${name}${meant === undefined ? '' : `; there is --${meant}`}.`;
  }
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
    return name === undefined ? 'An option has no value, or one too many.' : `${name} has no value, or one too many.`;
  }
  return 'The arguments were not understood.';
}
