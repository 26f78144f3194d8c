import { AgentsError, agentWarnings } from '../../contract/agent';
import type { Command } from '../cli/command';
import type { Finding } from '../cli/report';
import { problemsBeside } from './beside';
import { AgentFolders } from './folders';

export const checkAgents: Command = {
  details: `Checks agents as the bot does when it starts and \`npm run synth\` before it deploys: all in agents/, or --agent NAME and
those that it can hand calls to. Asks nobody anything.`,
  flags: { agent: { type: 'string', value: 'NAME', description: 'the one to check [all]' } },
  run: async ({ flags, io, redactor }) => {
    // An agent that cannot be loaded says why in words of its own, which may hold what it read.
    redactor.hideSecretsOf(io.env);
    const folders = new AgentFolders(io.folder);
    const one = flags.text('agent');
    const findings: Finding[] = [];
    for (const name of one === undefined ? folders.names() : [one])
      findings.push(...(await findingsFor(folders, name)));
    return { sections: [{ title: 'Agents', findings }] };
  },
};

async function findingsFor(folders: AgentFolders, name: string): Promise<Finding[]> {
  const subject = `agents/${name}`;
  try {
    const [agent] = await folders.load(name);
    if (agent === undefined) return [];
    const promptFile = folders.promptFileOf(name);
    const against = promptFile === undefined ? {} : { promptFile };
    const tools = Object.keys(agent.definition.tools ?? {});
    const beside = problemsBeside(folders.folderOf(name), agent.definition);
    if (beside.length > 0) return beside.map((text) => invalid(subject, text));
    return [
      { status: 'ok', subject, text: tools.length === 0 ? 'has no tools' : `can be served: ${tools.join(', ')}` },
      ...agentWarnings(name, agent.definition, against).map((text): Finding => ({
        status: 'warning',
        subject,
        text: withoutSubject(subject, text),
      })),
    ];
  } catch (error) {
    if (!(error instanceof AgentsError)) throw error;
    return error.problems.map((text) => invalid(subject, text));
  }
}

const invalid = (subject: string, text: string): Finding => ({
  status: 'failed',
  code: 'definition_invalid',
  subject,
  text: withoutSubject(subject, text),
});

/** The agent stands at the beginning of the line already. */
const withoutSubject = (subject: string, text: string): string =>
  text.startsWith(`${subject}: `) ? text.slice(subject.length + 2) : text;
