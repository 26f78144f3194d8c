import type { z } from 'zod';
import type { ToolRules } from './tool-rules';

/** What a tool knows of the call that calls it. */
export interface ToolContext {
  readonly callId: string;
  /** Aborts when the tool's time is up or the call ends. */
  readonly signal: AbortSignal;
  /** The agent's language, as a BCP 47 tag: for what the tool says in words, dates and numbers. */
  readonly language: string;
  /** The call's variables, checked by the agent's schema. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The values of the secrets that the tool names. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The same for every attempt of one request, and for no other. */
  readonly idempotencyKey: string;
}

/** A tool's own code: the default export of its module. The result is anything JSON can hold; the model speaks of it. */
export type ToolFunction<Arguments extends z.ZodObject = z.ZodObject> = (
  args: z.output<Arguments>,
  context: ToolContext,
) => unknown;

/** Loaders disagree on what the default export of a CommonJS module is: its `default`, or all of it. */
interface ToolModule<Arguments extends z.ZodObject> {
  readonly default: ToolFunction<Arguments> | { readonly default: ToolFunction<Arguments> };
}

/** A function in the agent's folder. */
export interface CodeTool<Arguments extends z.ZodObject = z.ZodObject> extends ToolRules {
  readonly kind: 'code';
  readonly arguments: Arguments;
  /** `() => import('./find-slot.ts')`: loaded by the bot alone, when it starts. */
  load(): Promise<ToolModule<Arguments>>;
  /** Secrets that the code is given in its context. */
  readonly secrets?: readonly string[];
  /** Hosts that the code connects to, as in `api.clinic.example` or `db.clinic.example:5432`: let out, and nothing else. */
  readonly hosts?: readonly string[];
}

/** A tool written in TypeScript, in a file of the agent's folder. */
export const code = <Arguments extends z.ZodObject>(tool: Omit<CodeTool<Arguments>, 'kind'>): CodeTool => ({
  ...(tool as unknown as CodeTool),
  kind: 'code',
});
