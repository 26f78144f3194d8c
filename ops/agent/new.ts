import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AGENT_NAME, AGENT_NAME_RULE, checkAgent, defineAgent, endCall, knowledge } from '../../contract/agent';
import type { Command } from '../cli/command';
import type { Flags } from '../cli/flags';
import { OpsError } from '../cli/ops-error';
import { reportOf } from '../cli/report';
import { filesOf } from './template';
import { QUESTIONS, readWishes, type Wishes } from './wishes';

export const newAgent: Command = {
  details: `Writes the folder agents/NAME: agent.ts (what it is made of), prompt.md (who it is), knowledge/ (what it may look up).
Asks five questions at a terminal; an option answers one of them beforehand. Elsewhere what no option says has a default.`,
  positionals: [{ name: 'name', description: `its folder: ${AGENT_NAME_RULE}` }],
  flags: Object.fromEntries(
    QUESTIONS.map(({ wish, asks }) => [wish, { type: 'string', value: 'TEXT', description: asks }]),
  ) satisfies Flags,
  run: async (context) => {
    const name = context.flags.text('name') ?? '';
    if (!AGENT_NAME.test(name)) throw new OpsError('usage', `<name> must be ${AGENT_NAME_RULE}.`);
    const folder = join('agents', name);
    if (existsSync(context.path(folder))) {
      throw new OpsError('refused', `${folder} is there already`, 'Choose another name, or edit what is there.');
    }
    const wishes = await readWishes(context);
    refuseWhatWouldNotStart(name, wishes);
    const files = Object.entries(filesOf(wishes));
    for (const [file, text] of files) {
      const path = context.path(folder, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return {
      ...reportOf(folder, ...files.map(([subject]) => ({ status: 'changed' as const, subject, text: 'written' }))),
      footer: `Talk with it: npm run dev -- --agent ${name}`,
    };
  },
};

/** @throws OpsError `values_invalid` before anything is written */
function refuseWhatWouldNotStart(name: string, wishes: Wishes): void {
  const { language, voice, greeting } = wishes;
  const definition = defineAgent({
    language,
    voice,
    greeting,
    tools: { look_up: knowledge(), end_call: endCall() },
  });
  const lines = Object.entries(wishes).filter(([, text]) => /[\r\n]/.test(text as string));
  const problems = [
    ...lines.map(([wish]) => `--${wish} must be one line`),
    ...checkAgent(name, definition, { promptFile: filesOf(wishes)['prompt.md'] ?? '' }),
  ];
  if (problems.length > 0) throw new OpsError('values_invalid', problems.join('; '), 'Nothing was written.');
}
