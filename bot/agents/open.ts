import {
  agentWarnings,
  AgentsError,
  DEFAULT_LANGUAGE,
  loadAgents,
  type ServedAgent,
  type ToolDeclaration,
} from '../../contract/agent';
import { speaks } from '../../contract/models';
import { BotError } from '../errors';
import type { NoticeAudio, NoticesOf } from '../notices';
import type { Logger } from '../telemetry';
import type { Clock } from '../time';
import type { AgentTools } from '../tools';
import type { Agent, AgentDefaults } from './agent';
import { type AgentFiles, promptBeside } from './agent-files';

/** What a tool may know of the agent that it is opened for. */
export interface AboutAgent {
  readonly agent: string;
  readonly language: string;
  readonly folder: string;
  /** Only those that the agent names, and that are set. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What agents need of the process. */
export interface AgentServices {
  /** Who answers a call that names nobody. */
  readonly answering: string;
  /** Who may be asked for; empty: `answering`, and whom it can hand a call to. */
  readonly served: readonly string[];
  readonly defaults: AgentDefaults;
  readonly modelId: string;
  readonly files: AgentFiles;
  readonly secrets: (names: readonly string[]) => {
    readonly values: Readonly<Record<string, string>>;
    readonly missing: readonly string[];
  };
  /** A text without the secrets of the process. */
  readonly clean: (text: string) => string;
  readonly openTools: (declared: Readonly<Record<string, ToolDeclaration>>, about: AboutAgent) => Promise<AgentTools>;
  /** What an agent says when the model cannot. */
  readonly openNotices: (about: NoticesOf) => Promise<NoticeAudio>;
  /** Closes what the tools of all agents share; called once they are closed. */
  readonly close: () => unknown;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Agents as they were read, and the secrets that they name and that are not set. */
export interface OpenedAgents {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly missingSecrets: readonly string[];
}

/** Reads agents, those that they can hand a call to, and all their tools. @throws BotError `config_invalid` */
export async function openAgents(names: readonly string[], services: AgentServices): Promise<OpenedAgents> {
  try {
    return await readAgents(names, services);
  } catch (error) {
    throw withoutSecrets(error, services.clean);
  }
}

/** What is wrong with an agent may be said in words of its own, which may hold what it read. */
function withoutSecrets(error: unknown, clean: AgentServices['clean']): unknown {
  if (!(error instanceof BotError)) return error;
  const message = clean(error.message);
  return message === error.message ? error : new BotError(error.code, message, { cause: error.cause });
}

async function readAgents(names: readonly string[], services: AgentServices): Promise<OpenedAgents> {
  const { files, secrets } = services;
  const prompts = new Map<string, string | undefined>();
  const promptFile = (name: string): string | undefined => {
    const prompt = promptBeside(files.folderOf(name));
    prompts.set(name, prompt);
    return prompt;
  };
  const served = await load(names, services, promptFile);
  const agents = new Map<string, Agent>();
  try {
    for (const agent of served) agents.set(agent.name, await openAgent(agent, prompts.get(agent.name), services));
  } catch (error) {
    await Promise.all([...agents.values()].map(({ tools }) => tools.close()));
    throw error;
  }
  const wanted = [...new Set(served.flatMap(({ needs }) => needs.secrets))];
  return { agents, missingSecrets: secrets(wanted).missing };
}

async function load(
  names: readonly string[],
  { files, modelId, defaults }: AgentServices,
  promptFile: (name: string) => string | undefined,
): Promise<readonly ServedAgent[]> {
  try {
    const served = await loadAgents(names, files.importAgent, { modelId, promptFile });
    const problems = served.filter((agent) => !speaksAs(defaults.voiceId, agent, modelId)).map(mute);
    if (problems.length > 0) throw new AgentsError(problems);
    return served;
  } catch (error) {
    throw error instanceof AgentsError ? new BotError('config_invalid', error.problems.join('; ')) : error;
  }
}

/** Whether the bot's own voice will do for an agent that has none. */
const speaksAs = (voiceId: string, { definition }: ServedAgent, modelId: string): boolean =>
  definition.voice !== undefined || speaks(modelId, voiceId, definition.language ?? DEFAULT_LANGUAGE) !== false;

const mute = ({ name, definition: { language = DEFAULT_LANGUAGE } }: ServedAgent): string =>
  `agents/${name}: voice must be given: NOVA_SONIC_VOICE does not speak ${language}`;

async function openAgent(
  { name, definition, needs }: ServedAgent,
  promptFile: string | undefined,
  services: AgentServices,
): Promise<Agent> {
  const { files, logger, modelId, defaults } = services;
  const beside = promptFile === undefined ? {} : { promptFile };
  for (const warning of agentWarnings(name, definition, { modelId, ...beside })) {
    logger.warn({ warning }, 'configuration warning');
  }
  const language = definition.language ?? DEFAULT_LANGUAGE;
  const folder = files.folderOf(name);
  const voice = definition.voice ?? defaults.voiceId;
  const notices = await services.openNotices({ agent: name, language, voice, folder });
  const tools = await services.openTools(definition.tools ?? {}, {
    agent: name,
    language,
    folder,
    secrets: services.secrets(needs.secrets).values,
  });
  return { name, definition, prompt: definition.prompt ?? promptFile ?? defaults.systemPrompt, tools, notices };
}
