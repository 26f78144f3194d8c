import type { z } from 'zod';
import type { ToolContext as CodeContext, ToolRules } from '../../contract/agent';
import { BotError, type ErrorCode } from '../errors';

/** What a tool knows of the call and of the request that it answers. */
export interface ToolContext extends Omit<CodeContext, 'secrets'> {
  /** The agent that calls, by its folder's name. */
  readonly agent: string;
  /** ISO 8601: when the call began. */
  readonly startedAt: string;
}

/** A function that the model may call. */
export interface Tool<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  /** Tells the model when to call it. */
  readonly description: string;
  /** Checks what the model sends; and, unless `jsonSchema` is given, becomes what it is told. */
  readonly schema: Schema;
  /** Where the arguments are another's: their schema as it was given. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
  /** Longest run in ms; the model is then told that the tool took too long. */
  readonly timeoutMs: number;
  readonly rules?: Partial<Pick<ToolRules, 'runs' | 'meanwhile' | 'private'>> & {
    /** What is read back: a sentence with `{arguments}`, or one made of them. */
    readonly confirm?: string | ((args: Readonly<Record<string, unknown>>) => string);
  };
  /** What is really called, where two agents may declare the same: runs that are `once` are one for both. Default: the name. */
  readonly identity?: string;
  /** The longest result that helps, in bytes of JSON. Default 2,048. */
  readonly maxResultBytes?: number;
  /**
   * @returns anything JSON can hold; the model speaks of it.
   * @throws ToolFailure or ToolError with a message that may be spoken to the caller.
   */
  run(args: z.output<Schema>, context: ToolContext): Promise<unknown>;
}

/** Keeps a tool's schema and the type of its arguments together. */
export function defineTool<Schema extends z.ZodType>(tool: Tool<Schema>): Tool {
  return tool;
}

interface FailureOptions {
  readonly cause?: unknown;
  /** For the log, where `message` is for the caller: no argument, result or secret. */
  readonly reason?: string;
  readonly mayHaveRun?: boolean;
  readonly code?: Extract<ErrorCode, `tool_${string}`>;
}

/** A failure in words that may be spoken. */
export class ToolFailure extends BotError {
  /** Whether what was asked for may have been done all the same: a `once` tool is then not run again. */
  readonly mayHaveRun: boolean;
  readonly reason: string | undefined;

  constructor(message: string, options: FailureOptions = {}) {
    super(options.code ?? 'tool_failed', message, options);
    this.mayHaveRun = options.mayHaveRun ?? false;
    this.reason = options.reason;
  }
}
