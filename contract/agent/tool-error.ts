/**
 * A failure that a tool foresees, in words that may be spoken: `throw new ToolError('There is no such patient.')`. It says,
 * too, that nothing was done: the same request may come again. Of any other exception the model learns only that the tool failed.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** By its name: where agents are developed, each is a program of its own, with a class of its own. */
export const isToolError = (error: unknown): error is ToolError => error instanceof Error && error.name === 'ToolError';
