import { type AgentDefinition, DEFAULT_LANGUAGE } from '../../contract/agent';
import { recordsRule } from '../../contract/call-record';
import { speechIn } from '../../contract/languages/speech';
import { languageName, spokenMoment, spokenNow } from '../../contract/languages/spoken';
import { DEFAULT_GREETING_PROMPT, sayExactly } from '../../contract/prompts';
import type { NoticeAudio } from '../notices';
import type { AgentTools } from '../tools';
import type { SpeechTexts } from '../../contract/languages/speech-texts';
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
  readonly notices: NoticeAudio;
}

/** The agent with a call's data put in. @param epochMs when the call begins @throws BotError `bad_request` for a value that a greeting cannot say */
export function inCall(
  agent: Agent,
  variables: CallAgent['variables'],
  defaults: AgentDefaults,
  epochMs: number,
): CallAgent {
  const { name, definition, prompt, tools, notices } = agent;
  const { language = DEFAULT_LANGUAGE, endpointing } = definition;
  const { texts } = speechIn(language);
  const parts = [
    renderPrompt(prompt, variables),
    languageLine(definition.language),
    timeLine(definition, epochMs),
    ...tools.missing(),
  ];
  const greeting = definition.greeting === undefined ? undefined : renderGreeting(definition.greeting, variables);
  return {
    name,
    language,
    texts,
    notices,
    greeting,
    speech: {
      systemPrompt: parts.filter((part) => part !== '').join('\n\n'),
      voiceId: definition.voice ?? defaults.voiceId,
      endpointingSensitivity: endpointing ?? defaults.endpointingSensitivity,
    },
    greetingPrompt: greeting === undefined ? greetingFor(defaults, texts) : sayExactly(greeting),
    limits: narrowed(definition, defaults.limits),
    records: recordsRule(definition.records),
    variables,
    tools,
    declared: definition.tools ?? {},
  };
}

/** What an operator has set stands as it is; the default is in the agent's language. */
const greetingFor = ({ greetingPrompt }: AgentDefaults, texts: SpeechTexts): string =>
  greetingPrompt === DEFAULT_GREETING_PROMPT ? texts.greetingPrompt : greetingPrompt;

function narrowed({ limits = {} }: AgentDefinition, widest: AgentLimits): AgentLimits {
  const { maxCallMinutes = Infinity, callerSilenceSeconds = Infinity, toolCallsPerTurn = Infinity } = limits;
  return {
    maxCallMs: Math.min(maxCallMinutes * 60_000, widest.maxCallMs),
    userAbsentMs: Math.min(callerSilenceSeconds * 1_000, widest.userAbsentMs),
    toolCallsPerTurn: Math.min(toolCallsPerTurn, widest.toolCallsPerTurn),
  };
}

/** A day that no other reading of its figures could be. */
const EXAMPLE_DAY = '2026-11-30';
const EXAMPLE_TIME = '14:05';

/** The model follows the caller's language by itself, and speaks English until somebody says otherwise. */
function languageLine(language: string | undefined): string {
  if (language === undefined || language === DEFAULT_LANGUAGE) return '';
  const day = spokenMoment(EXAMPLE_DAY, language) ?? EXAMPLE_DAY;
  const time = spokenMoment(EXAMPLE_TIME, language) ?? EXAMPLE_TIME;
  return [
    `Speak ${languageName(language)}, from your first word on, unless the caller speaks another language.`,
    `Say dates, times and numbers its way, those of tools, too: ${EXAMPLE_DAY} is ${day}, and ${EXAMPLE_TIME} is ${time}.`,
  ].join(' ');
}

/** A model has no clock: without this, "tomorrow" is any day. */
function timeLine({ timeZone, language = DEFAULT_LANGUAGE }: AgentDefinition, epochMs: number): string {
  if (timeZone === undefined) return '';
  const now = spokenNow(epochMs, language, timeZone);
  return `This call began on ${now}, time of ${timeZone}: count days such as tomorrow from there.`;
}
