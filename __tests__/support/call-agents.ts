import { recordsRule } from '../../contract/call-record';
import type { Agents, CallAgent } from '../../bot/agents';
import type { AgentLimits } from '../../bot/agents/call-agent';
import type { NoticeAudio } from '../../bot/notices';
import { speechIn } from '../../contract/languages/speech';
import { NOTICE_NAMES } from '../../contract/languages/speech-texts';
import { BotError } from '../../bot/errors';
import type { Clock } from '../../bot/time/clock';
import type { Tool } from '../../bot/tools/tool';
import { ToolRunner } from '../../bot/tools/tool-runner';

/** Recordings of nothing. */
export const SILENT_NOTICES = Object.fromEntries(
  NOTICE_NAMES.map((name) => [name, new Int16Array()]),
) as unknown as NoticeAudio;

/** An agent with these tools, as a call is given it. */
export function callAgent(
  clock: Clock,
  {
    tools = [],
    limits = {},
    ...about
  }: Partial<Omit<CallAgent, 'tools' | 'limits'>> & {
    readonly tools?: readonly Tool[];
    readonly limits?: Partial<AgentLimits>;
  } = {},
): CallAgent {
  return {
    name: 'test',
    language: 'en-US',
    texts: speechIn('en-US').texts,
    notices: SILENT_NOTICES,
    greeting: undefined,
    speech: { systemPrompt: 'Be brief.', voiceId: 'tiffany', endpointingSensitivity: 'HIGH' },
    greetingPrompt: 'Greet the caller.',
    variables: {},
    declared: {},
    records: recordsRule(),
    ...about,
    limits: { maxCallMs: 600_000, userAbsentMs: 30_000, toolCallsPerTurn: 8, ...limits },
    tools: {
      runner: (builtIn = []) => new ToolRunner([...tools, ...builtIn], clock, about.language),
      // A test may add to its tools.
      revision: () => tools.length,
      missing: () => [],
      close: () => Promise.resolve(),
    },
  };
}

/** Agents of which the first answers, and each can be handed a call. */
export function agentsOf(...agents: readonly CallAgent[]): Pick<Agents, 'names' | 'prepare' | 'handedTo'> {
  const named = (name: string | undefined): CallAgent => {
    const found = agents.find((agent) => name === undefined || agent.name === name);
    if (found === undefined) throw new BotError('bad_request', 'no such agent');
    return found;
  };
  return { names: agents.map(({ name }) => name), prepare: async (asked) => named(asked?.name), handedTo: named };
}
