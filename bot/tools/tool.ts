import type { z } from 'zod';

export interface ToolContext {
  readonly callId: string;
  /** Aborts when the tool's time is up or the call ends. */
  readonly signal: AbortSignal;
}

/** A function that the model may call: one file a tool. */
export interface Tool<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  /** Tells the model when to call it. */
  readonly description: string;
  /** The arguments; becomes the JSON Schema that the model sees, and checks what it sends. */
  readonly schema: Schema;
  /** Longest run in ms; the model is then told that the tool took too long. */
  readonly timeoutMs: number;
  /**
   * @returns anything JSON can hold; the model speaks of it.
   * @throws BotError `tool_failed` with a message that may be spoken to the caller.
   */
  run(args: z.output<Schema>, context: ToolContext): Promise<unknown>;
}

/** Keeps a tool's schema and the type of its arguments together. */
export function defineTool<Schema extends z.ZodType>(tool: Tool<Schema>): Tool {
  return tool;
}
