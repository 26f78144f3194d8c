import type { z } from 'zod';
import type { RecordsRule } from '../call-record';
import type { ToolDeclaration } from './tool-declaration';

/** Data of a call, by name: one line of plain text each, or what the schema makes of it. */
export type Variables = z.ZodObject;

/** Limits of the agent's calls; none can be wider than the bot's own. */
export interface Limits {
  readonly maxCallMinutes?: number;
  /** After so long without a word of the caller's the agent asks, and then ends the call. */
  readonly callerSilenceSeconds?: number;
  readonly toolCallsPerTurn?: number;
}

/** An agent: the default export of `agents/<name>/agent.ts`. What is left out is as the bot's variables say. */
export interface AgentDefinition<V extends Variables = Variables> {
  /** Who the agent is and how it speaks; `{{name}}` becomes a variable's value. Left out: the text of `prompt.md` beside it. */
  readonly prompt?: string;
  /** What the agent says first, in its own words; `{{name}}` as in the prompt. */
  readonly greeting?: string;
  /** A voice of the model, such as `tiffany`; it must speak the language. */
  readonly voice?: string;
  /** As a BCP 47 tag, such as `en-GB`: of notices, dates, numbers and the page. Default `en-US`. */
  readonly language?: string;
  /** Of the IANA database, such as `Europe/London`: the model is told the day and the time there as a call begins. */
  readonly timeZone?: string;
  /** How soon a pause counts as the end of the caller's turn. */
  readonly endpointing?: 'HIGH' | 'MEDIUM' | 'LOW';
  readonly limits?: Limits;
  /** What is kept of its calls, where the bot keeps anything: how they went (`metadata`), unless it says otherwise. */
  readonly records?: RecordsRule;
  /** By the name that the model calls: letters, digits and `_`. */
  readonly tools?: Readonly<Record<string, ToolDeclaration>>;
  /** What `/start` may say of a call: `z.object({ patient: fromBrowser(z.string().max(60)) })`. */
  readonly variables?: V;
}

/** Any agent, whatever its variables. */
export type AnyAgent = AgentDefinition;

/** Keeps an agent's types together. It is checked when it is loaded: by the bot at its start, and by the stacks. */
export const defineAgent = <V extends Variables>(agent: AgentDefinition<V>): AgentDefinition<V> => agent;
