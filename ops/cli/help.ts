import type { CommandEntry } from './command';
import { choicesShown, COMMON_FLAGS, type Flags } from './flags';

export const PROGRAM = 'npm run ops --';

const EXIT_CODES = `Exit codes
  0    all is well
  1    a check failed, or something could not be done
  2    the command was not understood: nothing was done
  3    eval: a call could not be held, or none was; nothing failed
  75   a call to the bot proved nothing, for a reason of this machine or of who called: put it right, and call again
  130  interrupted by Ctrl-C (143: by SIGTERM); the last line says what had been done by then`;

/** Letters of a line of help beside its margins. */
const LINE = 128;

/** The list of commands. @param family the first word of those to list; default: all of them */
export function renderOverview(commands: readonly CommandEntry[], family = ''): string {
  const prefix = family === '' ? '' : `${family} `;
  const listed = commands.filter(({ name }) => name.startsWith(prefix));
  return [
    "The operator's commands: set up, check, rehearse, release and watch a deployment.",
    '',
    `${PROGRAM} ${prefix}<command> [options]        ${PROGRAM} ${prefix}<command> --help`,
    '',
    'Commands',
    ...columns(listed.map(({ name, summary }) => [name, summary])),
    '',
    EXIT_CODES,
    '',
  ].join('\n');
}

/** One command's help. */
export function renderHelp({ name, load }: CommandEntry): string {
  const { details, flags, positionals = [] } = load();
  return [
    [
      PROGRAM,
      name,
      ...positionals.map((one) => (one.isOptional === true ? `[${one.name}]` : `<${one.name}>`)),
      '[options]',
    ].join(' '),
    '',
    details,
    '',
    ...columns(
      positionals.map((one) => [
        `<${one.name}>`,
        one.choices === undefined ? one.description : `${one.description}: ${choicesShown(one)}`,
      ]),
    ),
    ...(positionals.length === 0 ? [] : ['']),
    'Options',
    ...renderFlags({ ...flags, ...COMMON_FLAGS }),
    '',
    EXIT_CODES,
    '',
  ].join('\n');
}

function renderFlags(flags: Flags): string[] {
  return columns(
    Object.entries(flags).map(([name, flag]) => [
      `--${name}${flag.type === 'string' ? ` ${flag.value ?? 'VALUE'}` : ''}`,
      flag.default === undefined ? flag.description : `${flag.description} [${flag.default}]`,
    ]),
  );
}

function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) =>
    folded(right, LINE - width).map((line, index) => `  ${(index === 0 ? left : '').padEnd(width)}  ${line}`),
  );
}

/** A text in lines of at most `letters`, broken between words. */
function folded(text: string, letters: number): string[] {
  const end = text.length <= letters ? -1 : text.lastIndexOf(' ', letters);
  return end <= 0 ? [text] : [text.slice(0, end), ...folded(text.slice(end + 1), letters)];
}
