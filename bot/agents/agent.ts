import { type AgentDefinition, DEFAULT_LANGUAGE } from '../../contract/agent';
import type { AgentTools } from '../tools';
import type { AgentLimits, CallAgent } from './call-agent';
import { renderGreeting, renderPrompt } from './render';

/** What applies where an agent says nothing: the bot's own variables. */
export interface AgentDefaults {
  readonly systemPrompt: string;
  readonly greetingPrompt: string;
  readonly voiceId: string;
  readonly endpointingSensitivity: CallAgent['speech']['endpointingSensitivity'];
  readonly limits: AgentLimits;
}

/** An agent that is ready for calls. */
export interface Agent {
  readonly name: string;
  readonly definition: AgentDefinition;
  /** With placeholders. */
  readonly prompt: string;
  readonly tools: AgentTools;
}

/** The agent with a call's data put in. @throws BotError `bad_request` for a value that a greeting cannot say */
export function inCall(agent: Agent, variables: CallAgent['variables'], defaults: AgentDefaults): CallAgent {
  const { name, definition, prompt, tools } = agent;
  const { language = DEFAULT_LANGUAGE, endpointing } = definition;
  const parts = [renderPrompt(prompt, variables), languageLine(definition.language), ...tools.missing()];
  const greeting = definition.greeting === undefined ? undefined : renderGreeting(definition.greeting, variables);
  return {
    name,
    language,
    greeting,
    speech: {
      systemPrompt: parts.filter((part) => part !== '').join('\n\n'),
      voiceId: definition.voice ?? defaults.voiceId,
      endpointingSensitivity: endpointing ?? defaults.endpointingSensitivity,
    },
    greetingPrompt: greeting === undefined ? defaults.greetingPrompt : sayExactly(greeting),
    limits: narrowed(definition, defaults.limits),
    variables,
    tools,
    declared: definition.tools ?? {},
  };
}

/** An order: Nova answers anything else instead of saying it. */
const sayExactly = (words: string): string => `Say exactly: "${words.replaceAll('"', "'")}" Then wait for the caller.`;

function narrowed({ limits = {} }: AgentDefinition, widest: AgentLimits): AgentLimits {
  const { maxCallMinutes = Infinity, callerSilenceSeconds = Infinity, toolCallsPerTurn = Infinity } = limits;
  return {
    maxCallMs: Math.min(maxCallMinutes * 60_000, widest.maxCallMs),
    userAbsentMs: Math.min(callerSilenceSeconds * 1_000, widest.userAbsentMs),
    toolCallsPerTurn: Math.min(toolCallsPerTurn, widest.toolCallsPerTurn),
  };
}

/** The model follows the caller's language by itself, and speaks English until somebody says otherwise. */
function languageLine(language: string | undefined): string {
  if (language === undefined || language === DEFAULT_LANGUAGE) return '';
  const name = new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? language;
  return `Speak ${name}, from your first word on, unless the caller speaks another language.`;
}
