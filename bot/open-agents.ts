import { type AgentFiles, Agents, type AgentServices, BUILT_IN_AGENTS, changingAgents } from './agents';
import { inDevelopment } from './agents-in-development';
import type { Config } from './config';
import type { Telemetry } from './telemetry';
import type { Clock } from './time';
import { noticesOf, SpokenNotices } from './notices';
import { openAgentTools, ToolNetwork } from './tools';

/** The agents that the configuration names, and their tools. @throws BotError `config_invalid` */
export function openConfiguredAgents(
  { agents, model, call, tools, agentSecrets, region }: Config,
  { logger }: Telemetry,
  clock: Clock,
  files: AgentFiles = agents.folder === undefined ? BUILT_IN_AGENTS : changingAgents(agents.folder),
): Promise<Agents> {
  const { systemPrompt, voiceId, endpointingSensitivity, id: modelId } = model;
  const { greetingPrompt, maxCallMs, userAbsentMs } = call;
  const { hosts, mocks, privateNetworks } = tools;
  const network = new ToolNetwork({ clock, hosts, privateNetworks });
  const spoken = new SpokenNotices();
  const limits = { maxCallMs, userAbsentMs, toolCallsPerTurn: tools.callsPerTurn };
  const services: AgentServices = {
    answering: agents.answering,
    served: agents.served,
    defaults: { systemPrompt, greetingPrompt, voiceId, endpointingSensitivity, limits },
    modelId,
    files,
    secrets: (names) => agentSecrets.read(names),
    clean: (text) => agentSecrets.clean(text),
    openTools: (declared, about) => openAgentTools(declared, { ...about, region, mocks, network, clock, logger }),
    openNotices: (about) => noticesOf(about, spoken, logger),
    close: () => network.close(),
    logger,
    clock,
  };
  const isDevelopment = agents.folder !== undefined || mocks !== undefined;
  return Agents.open(isDevelopment ? inDevelopment(services) : services);
}

/** The configuration with what the agents need and is not set, so that no call is taken without it. */
export function withNeedsOf({ missingSecrets }: Agents, config: Config): Config {
  return { ...config, environment: { ...config.environment, missingOfAgents: missingSecrets } };
}
