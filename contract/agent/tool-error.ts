/**
 * A failure that a tool foresees, in words that may be spoken: `throw new ToolError('There is no such patient.')`. It says,
 * too, that nothing was done: the same request may come again. Of any other exception the model learns only that the tool failed.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
