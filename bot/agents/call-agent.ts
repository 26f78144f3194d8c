import type { ToolDeclaration } from '../../contract/agent';
import type { RecordsRule } from '../../contract/call-record';
import type { SpeechTexts } from '../../contract/languages/speech-texts';
import type { NoticeAudio } from '../notices';
import type { AgentTools } from '../tools';

/** How an agent speaks in a call, as the model is told when a stream is opened. */
export interface AgentSpeech {
  readonly systemPrompt: string;
  readonly voiceId: string;
  readonly endpointingSensitivity: 'HIGH' | 'MEDIUM' | 'LOW';
}

/** Limits of an agent's calls: none is wider than the bot's own. */
export interface AgentLimits {
  readonly maxCallMs: number;
  readonly userAbsentMs: number;
  readonly toolCallsPerTurn: number;
}

/** Who answers one call: an agent with the call's own data put in. */
export interface CallAgent {
  readonly name: string;
  /** BCP 47. */
  readonly language: string;
  /** The bot's own texts in it. */
  readonly texts: SpeechTexts;
  /** What is played where the model cannot speak. */
  readonly notices: NoticeAudio;
  readonly speech: AgentSpeech;
  /** What it says first, where it has words of its own. */
  readonly greeting: string | undefined;
  /** What the model is told when the caller has joined. */
  readonly greetingPrompt: string;
  readonly limits: AgentLimits;
  /** What is kept of its calls, where the bot keeps anything. */
  readonly records: Required<RecordsRule>;
  /** The call's data, checked by the agent's schema. Never logged. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Shared by all calls of the agent. */
  readonly tools: AgentTools;
  /** As declared: of these, the call makes those that act on itself. */
  readonly declared: Readonly<Record<string, ToolDeclaration>>;
  /** In development: what is wrong with the agents' files, so that this is the agent as it was before. */
  readonly problem?: string;
}

/** Who sets the variables of a call. */
export type VariableGiver = 'browser' | 'server';

/** What is asked for when a call is started; all of it may be left out. */
export interface AskedAgent {
  readonly name?: string | undefined;
  readonly variables?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly givenBy: VariableGiver;
}
