/* oxlint-disable typescript/no-require-imports -- as in ops/commands.ts */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { format, resolveConfig } from 'prettier';
import { checkAgent } from '../../contract/agent';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { nearest } from '../cli/nearest';
import { Interrupted, OpsError } from '../cli/ops-error';
import type { Finding } from '../cli/report';
import { agentsFolder } from './require-agent';
import { apiNameOf, moduleOf } from './openapi/module';
import { type Operation, operationsOf } from './openapi/operations';
import { summaryOf } from './openapi/arguments';
import { readDocument } from './openapi/read';

const MOST_SHOWN = 40;

export const importTools: Command = {
  details: `Writes operations of an API as tools of an agent: reads an OpenAPI 3.0 or 3.1 document once, JSON or YAML, and writes
agents/NAME/<api>.ts, which is yours to edit from then on. Without --operation it lists what there is, and at a terminal asks.
What changes something gets a question that the caller has to agree to; a secret is named, and never asked for here.
Reads that document, and asks nobody else anything.`,
  positionals: [
    { name: 'format', description: 'what it is', choices: ['openapi'] },
    { name: 'document', description: 'a file, or an https address' },
  ],
  flags: {
    agent: { type: 'string', value: 'NAME', description: 'whose tools they are: its folder in agents/' },
    operation: { type: 'string', value: 'ID,ID', description: 'operations, by operationId' },
    server: {
      type: 'string',
      value: 'URL',
      description: "the API's address, where the document's is another [the document's]",
    },
  },
  run: async (context) => {
    const { flags, io } = context;
    const folder = agentFolder(context);
    const document = await readDocument(flags.text('document') ?? '', io.folder, io.signal);
    const operations = operationsOf(document);
    const chosen = await choose(context, operations);
    if (chosen.length === 0) return listed(operations);
    const name = apiNameOf(document);
    const fileName = name.replaceAll('_', '-');
    const file = join(folder, `${fileName}.ts`);
    const shown = join('agents', flags.text('agent') ?? '', `${fileName}.ts`);
    if (existsSync(file))
      throw new OpsError('refused', `${shown} is there already`, 'Move it away, or edit what is there.');
    const prefix = name.toUpperCase();
    const { text, exportName, tools } = moduleOf(document, chosen, { server: flags.text('server'), prefix });
    const style = await resolveConfig(file);
    writeFileSync(file, await format(text, { ...style, parser: 'typescript' }));
    refuseWhatWouldNotStart(flags.text('agent') ?? '', file, exportName);
    const warnings = tools.flatMap((tool) => tool.warnings);
    const about = tools.map(({ name: tool }) => tool).join(', ');
    return {
      sections: [
        {
          title: shown,
          findings: [
            { status: 'changed', subject: shown, text: `written: ${about}` },
            ...warnings.map((warning): Finding => ({ status: 'warning', subject: shown, text: warning })),
          ],
        },
      ],
      footer: `Put them into agent.ts, and read what they say:\n\n  import { ${exportName} } from './${fileName}';\n\n  tools: { ...${exportName}, … }`,
    };
  },
};

function agentFolder({ flags, io }: Context): string {
  const name = flags.text('agent');
  if (name === undefined) throw new OpsError('usage', '--agent NAME says whose tools they are to be.');
  const folder = join(agentsFolder(io.folder), name);
  if (/^[a-z][a-z0-9-]*$/.test(name) && existsSync(join(folder, 'agent.ts'))) return folder;
  throw new OpsError('not_found', `There is no agents/${name}/agent.ts.`, 'npm run ops -- agent new NAME makes one.');
}

/** Those that were named, or are chosen at a terminal. @throws OpsError `values_invalid` for one that there is none of */
async function choose({ flags, io }: Context, operations: readonly Operation[]): Promise<readonly Operation[]> {
  let given = flags.text('operation');
  if (given === undefined && process.stdin.isTTY && !flags.isSet('json')) {
    for (const one of operations.slice(0, MOST_SHOWN)) io.stderr(`  ${one.id.padEnd(32)} ${summaryOf(one)}\n`);
    const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
    try {
      given = await terminal.question('Which, with commas between? ', { signal: io.signal });
    } catch (error) {
      throw io.signal.aborted ? new Interrupted('Nothing was written.') : error;
    } finally {
      terminal.close();
    }
  }
  const ids = (given ?? '').split(',').map((id) => id.trim());
  return [...new Set(ids)]
    .filter((id) => id !== '')
    .map((id) => {
      const isMeant = (one: Operation): boolean => one.id.toLowerCase() === id.toLowerCase();
      const found = operations.find((one) => one.id === id) ?? operations.find(isMeant);
      if (found !== undefined) return found;
      const meant = nearest(
        id,
        operations.map((one) => one.id),
      );
      throw new OpsError(
        'values_invalid',
        `--operation ${id}: there is none${meant === undefined ? '' : `; there is ${meant}`}`,
      );
    });
}

const listed = (operations: readonly Operation[]) => ({
  sections: [
    {
      title: 'Operations, to be named by --operation',
      findings: operations.map((one): Finding => ({ status: 'skipped', subject: one.id, text: summaryOf(one) })),
    },
  ],
});

/** What was written is loaded and checked as the agent's own; what would not start is taken away again. */
function refuseWhatWouldNotStart(agent: string, file: string, exportName: string): void {
  let problems: readonly string[];
  try {
    const module = require(file) as Readonly<Record<string, unknown>>;
    problems = checkAgent(agent, { tools: module[exportName] });
  } catch (error) {
    problems = [error instanceof Error ? error.message : String(error)];
  }
  if (problems.length === 0) return;
  rmSync(file);
  throw new OpsError('definition_invalid', problems.join('; '), 'Nothing was written.');
}
