import { COMMON_FLAGS, type Command, type Flags } from './command';

export const PROGRAM = 'npm run ops --';

const EXIT_CODES = `Exit codes
  0    all is well
  1    a check failed, or something could not be done
  2    the command was not understood: nothing was done
  130  interrupted by Ctrl-C (143: by SIGTERM); the last line says what had been done by then`;

/** The list of commands. */
export function renderOverview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "The operator's commands: set up, check and rehearse, before anything is deployed.",
    '',
    `${PROGRAM} <command> [options]        ${PROGRAM} <command> --help`,
    '',
    'Commands',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    EXIT_CODES,
    '',
  ].join('\n');
}

/** One command's help. */
export function renderHelp(command: Command): string {
  const { name, details, positional } = command;
  const usage = positional === undefined ? name : `${name} <${positional.name}>`;
  return [
    `${PROGRAM} ${usage} [options]`,
    '',
    details,
    '',
    ...(positional === undefined
      ? []
      : [`<${positional.name}>  ${positional.description}: ${positional.choices.join(', ')}`, '']),
    'Options',
    ...renderFlags({ ...command.flags, ...COMMON_FLAGS }),
    '',
    EXIT_CODES,
    '',
  ].join('\n');
}

function renderFlags(flags: Flags): string[] {
  const rows = Object.entries(flags).map(([name, flag]) => ({
    left: `--${name}${flag.type === 'string' ? ` ${flag.value ?? 'VALUE'}` : ''}`,
    right: flag.default === undefined ? flag.description : `${flag.description} [${flag.default}]`,
  }));
  const width = Math.max(...rows.map(({ left }) => left.length));
  return rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`);
}
