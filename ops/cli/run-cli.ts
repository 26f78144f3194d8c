import { COMMANDS } from '../commands';
import type { Command } from './command';
import { completeCommands } from './complete-commands';
import type { CliIo } from './context';
import type * as contextModule from './context';
import { PROGRAM, renderHelp, renderOverview } from './help';
import { EXIT, OpsError } from './ops-error';
import { renderPage } from './page';
import { entryFor, type Parsed, parse } from './parse';
import { printable } from './printable';
import { Redactor } from '../../contract/redactor';
import { readThrown } from './thrown';
import { isGood, type Report } from './report';

/**
 * Runs one command. Everything printed goes through the redactor, and no control character in it reaches the terminal.
 * @param argv without node and the script
 * @returns the exit code
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const redactor = new Redactor();
  const clean: CliIo = {
    ...io,
    stdout: (text) => io.stdout(printable(redactor.clean(text))),
    stderr: (text) => io.stderr(printable(redactor.clean(text))),
  };
  let parsed: Parsed;
  try {
    parsed = parse(argv, COMMANDS);
  } catch (error) {
    return fail(clean, argv.includes('--json'), undefined, error, formatOf(entryFor(argv, COMMANDS)?.load()));
  }
  if (parsed.kind === 'run') return runCommand(parsed, clean, redactor);
  clean.stdout(parsed.kind === 'help' ? renderHelp(parsed.entry) : renderOverview(COMMANDS, parsed.family));
  return EXIT.ok;
}

async function runCommand(
  { name, command, flags }: Extract<Parsed, { kind: 'run' }>,
  given: CliIo,
  redactor: Redactor,
): Promise<number> {
  // Loaded here, because help and usage errors need neither the settings' schema nor the AWS SDK.
  // oxlint-disable-next-line typescript/no-require-imports -- see ../commands.ts
  const { Context } = require('./context') as typeof contextModule;
  const asJson = flags.isSet('json');
  const format = formatOf(command);
  const names = COMMANDS.map((entry) => entry.name);
  const complete = (text: string): string =>
    completeCommands(text, names, { environment: context.environment, region: flags.text('region') });
  const io: CliIo = {
    ...given,
    stdout: (text) => given.stdout(complete(text)),
    stderr: (text) => given.stderr(complete(text)),
  };
  const progress = asJson ? () => undefined : (line: string) => io.stderr(`${line}\n`);
  const show = (report: Report): number => {
    const exitCode = report.exitCode ?? (isGood(report) ? EXIT.ok : EXIT.failed);
    io.stdout(asJson ? toJson(name, report, exitCode, format) : renderPage(`${name} · ${context.environment}`, report));
    return exitCode;
  };
  const event = asJson ? (one: object) => io.stdout(`${JSON.stringify(one)}\n`) : () => undefined;
  const context = new Context(io, flags, redactor, progress, show, event);
  try {
    return show(await command.run(context));
  } catch (error) {
    return fail(io, asJson, name, error, format);
  } finally {
    context.close();
  }
}

/** How the object of `--json` is written: over several lines, or as the last line of several objects. */
interface JsonFormat {
  readonly asLine: boolean;
}
const formatOf = (command: Command | undefined): JsonFormat => ({ asLine: command?.json === 'lines' });

function write(object: object, { asLine }: JsonFormat): string {
  return `${asLine ? JSON.stringify({ event: 'end', ...object }) : JSON.stringify(object, null, 2)}\n`;
}

function toJson(command: string, report: Report, exitCode: number, format: JsonFormat): string {
  const findings = report.sections.flatMap(({ title, findings: all }) =>
    all.map((finding) => ({ section: title, ...finding })),
  );
  return write({ command, ok: exitCode === EXIT.ok, exitCode, findings, ...report.data }, format);
}

/** One clear line, and one with what to do. */
function fail(io: CliIo, asJson: boolean, name: string | undefined, thrown: unknown, format: JsonFormat): number {
  const command = name ?? 'ops';
  const error = thrown instanceof OpsError ? thrown : unexpected(thrown);
  const { code, message } = error;
  const fix = error.fix === '' && code === 'usage' && name !== undefined ? `${PROGRAM} ${name} --help` : error.fix;
  const exitCode = exitCodeOf(error, io.signal);
  if (asJson) {
    io.stdout(write({ command, ok: false, exitCode, error: { code, message, fix } }, format));
  } else {
    const word = code === 'interrupted' ? 'interrupted' : 'failed';
    io.stderr(`${command} ${word}: ${message}\n${fix === '' ? '' : `→ ${fix}\n`}`);
  }
  return exitCode;
}

function exitCodeOf(error: OpsError, signal: AbortSignal): number {
  if (error.code === 'usage') return EXIT.usage;
  if (error.code === 'call_inconclusive') return EXIT.inconclusive;
  if (error.code !== 'interrupted') return EXIT.failed;
  return signal.reason === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
}

/** A bug in these commands: the stack says where. */
function unexpected(thrown: unknown): OpsError {
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : readThrown(thrown).message;
  return new OpsError('unexpected', `This should not happen: ${stack}`, '', thrown);
}
