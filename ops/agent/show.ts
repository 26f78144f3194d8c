import { DEFAULT_LANGUAGE, giverOf, type ServedAgent, type ToolDeclaration, type z } from '../../contract/agent';
import { secretsOf } from '../../contract/secrets';
import { arnsOf } from '../../stacks/names';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import type { Finding, Section } from '../cli/report';
import { AgentFolders } from './folders';

export const showAgent: Command = {
  details: `What an agent is, read from its definition: how it speaks, what it can do, which secrets it needs, what it reaches and
what the task is therefore allowed in this environment, whom it gives calls to, and how much text goes in front of a call.
Asks nobody anything, and reads no secret.`,
  positionals: [{ name: 'name', description: 'its folder in agents/' }],
  flags: {},
  run: async (context) => {
    const folders = new AgentFolders(context.io.folder);
    const agent = await folders.one(context.flags.text('name') ?? '');
    const prompt = agent.definition.prompt ?? folders.promptFileOf(agent.name) ?? '';
    const all = [
      speech(agent),
      tools(agent),
      dataThatLeaves(agent),
      secrets(context, agent),
      reach(context, agent),
      calls(agent),
      sizes(agent, prompt),
    ];
    return { sections: all.filter(({ findings }) => findings.length > 0) };
  },
};

const fact = (subject: string, text: string): Finding => ({ status: 'ok', subject, text });

function speech({ name, definition }: ServedAgent): Section {
  const { language = DEFAULT_LANGUAGE, voice, greeting, variables } = definition;
  return {
    title: `agents/${name}`,
    findings: [
      fact('language', language),
      fact('voice', voice ?? 'as NOVA_SONIC_VOICE says'),
      fact('greeting', greeting ?? 'as GREETING_PROMPT says'),
      ...Object.entries<z.ZodType>(variables?.shape ?? {}).map(([variable, schema]) =>
        fact(
          'variable',
          `${variable}, set by ${giverOf(schema) === 'browser' ? 'a browser or a server' : 'a server only'}`,
        ),
      ),
    ],
  };
}

function tools({ definition }: ServedAgent): Section {
  const findings = Object.entries(definition.tools ?? {}).map(([name, tool]) =>
    fact(name, [describe(tool), ...rulesOf(tool)].join('; ')),
  );
  return { title: 'Tools', findings };
}

function describe(tool: ToolDeclaration): string {
  switch (tool.kind) {
    case 'http':
      return `${tool.method} ${tool.url}`;
    case 'lambda':
      return `invokes ${tool.function}`;
    case 'mcp':
      return `${Object.keys(tool.tools).join(', ')} of ${tool.url}`;
    case 'knowledge':
      return tool.source.kind === 'folder' ? `searches ${tool.source.folder}/` : `asks ${tool.source.knowledgeBaseId}`;
    case 'handoff':
      return `gives the call to agents/${tool.to}`;
    case 'transfer':
      return `gives the call to a person: ${Object.keys(tool.to).join(', ')}`;
    case 'collect':
      return `takes down ${tool.asks}, a ${tool.value}, and reads it back`;
    case 'code':
      return 'runs code of its folder';
    case 'end-call':
      return 'hangs up';
    case 'stop-recording':
      return 'stops the recording of the call';
  }
}

/** What each tool gives to somebody outside, and what of the answer the model is told. */
function dataThatLeaves({ definition }: ServedAgent): Section {
  const findings = Object.entries(definition.tools ?? {}).flatMap(([name, tool]) => {
    const to = receiverOf(tool);
    return to === undefined ? [] : [fact(name, [`to ${to}: ${sentBy(tool)}`, ...toldOf(tool)].join('; '))];
  });
  return { title: 'Data that leaves', findings };
}

function receiverOf(tool: ToolDeclaration): string | undefined {
  switch (tool.kind) {
    case 'http':
    case 'mcp':
      return new URL(tool.url.replaceAll(/[{}]/g, '')).host;
    case 'lambda':
      return tool.function;
    case 'knowledge':
      return tool.source.kind === 'bedrock' ? tool.source.knowledgeBaseId : undefined;
    case 'code':
      return (tool.hosts ?? []).length === 0 ? undefined : tool.hosts?.join(', ');
    default:
      return undefined;
  }
}

function sentBy(tool: ToolDeclaration): string {
  if (tool.kind === 'knowledge') return "the caller's question";
  if (tool.kind === 'mcp') return "the arguments of the server's own schemas";
  const asked = tool.kind === 'http' || tool.kind === 'lambda' || tool.kind === 'code' ? tool.arguments : undefined;
  const args = Object.keys(asked?.shape ?? {});
  const fromUrl =
    tool.kind === 'http' ? [...tool.url.matchAll(/\{variables\.([^{}]*)\}/g)].map(([, one = '']) => one) : [];
  const variables = tool.kind === 'lambda' ? (tool.variables ?? []) : fromUrl;
  const all = [...args, ...variables.map((name) => `variable ${name}`)];
  return all.length === 0 ? 'nothing of the call' : all.join(', ');
}

/** What the model is told of the answer. */
function toldOf(tool: ToolDeclaration): string[] {
  const answer = tool.kind === 'http' || tool.kind === 'lambda' ? tool.answer : undefined;
  const shape = answer !== undefined && 'shape' in answer ? Object.keys(answer.shape as object) : [];
  const hidden = tool.kind === 'mcp' ? [] : (tool.private ?? []);
  return [
    ...(shape.length === 0 ? [] : [`back to the model: ${shape.join(', ')}`]),
    ...(hidden.length === 0 ? [] : [`to the model alone: ${hidden.join(', ')}`]),
  ];
}

function rulesOf(tool: ToolDeclaration): string[] {
  if (tool.kind === 'mcp') return [];
  return [
    ...(tool.confirm === undefined ? [] : [`only after the caller has agreed to "${tool.confirm}"`]),
    ...(isOnce(tool) ? ['the same request once a call'] : []),
    ...(tool.timeoutMs === undefined ? [] : [`at most ${tool.timeoutMs} ms`]),
  ];
}

const isOnce = (tool: Exclude<ToolDeclaration, { readonly kind: 'mcp' }>): boolean =>
  tool.runs === 'once' ||
  (tool.runs === undefined &&
    (tool.kind === 'lambda' || tool.kind === 'code' || (tool.kind === 'http' && tool.method !== 'GET')));

function secrets({ settings }: Context, agent: ServedAgent): Section {
  const findings = secretsOf(settings, [agent])
    .filter(({ id }) => id.startsWith('agent-'))
    .flatMap(({ name, injected }) => injected.map((key) => fact(key, `in ${name}: npm run ops -- secrets setup`)));
  return { title: 'Secrets', findings };
}

function reach({ settings }: Context, { needs }: ServedAgent): Section {
  const arns = arnsOf(settings);
  const may = (action: string, resources: readonly string[]): Finding[] => resources.map((one) => fact(action, one));
  return {
    title: `What it reaches, and its task may in ${settings.environment}`,
    findings: [
      ...may('connects', needs.hosts),
      ...may('lambda:InvokeFunction', needs.functions.map(arns.lambdaFunction)),
      ...may('bedrock:Retrieve', needs.knowledgeBases.map(arns.knowledgeBase)),
      ...may('bedrock-agentcore:InvokeGateway', needs.gateways),
    ],
  };
}

const calls = ({ needs }: ServedAgent): Section => ({
  title: 'Whom it gives calls to',
  findings: [
    ...needs.agents.map((name) => fact('agent', name)),
    ...needs.destinations.map((name) => fact('person', name)),
  ],
});

/** Letters of Latin scripts to a token, about. */
const BYTES_PER_TOKEN = 4;

function sizes({ definition }: ServedAgent, text: string): Section {
  const prompt = Buffer.byteLength(text);
  const descriptions = Object.values(definition.tools ?? {}).map((tool) =>
    tool.kind === 'mcp' ? '' : tool.description,
  );
  const bytes = prompt + Buffer.byteLength(descriptions.join(''));
  const tokens = Math.ceil(bytes / BYTES_PER_TOKEN);
  return {
    title: 'In front of every call',
    findings: [
      fact('prompt', prompt === 0 ? 'as SYSTEM_PROMPT says' : `${prompt} bytes`),
      fact('with descriptions', `${bytes} bytes, about ${tokens} tokens of text each time the model is given them`),
    ],
  };
}
