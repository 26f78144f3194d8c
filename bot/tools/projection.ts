import type { z } from 'zod';
import { ToolFailure } from './tool';

/**
 * The part of an answer that the model is given, by the agent's schema.
 * @throws ToolFailure for an answer that is not of its form; the reason names the places
 */
export function projected(answer: unknown, schema: z.ZodType | undefined): unknown {
  if (schema === undefined) return answer;
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.slice(0, 5).map(({ path }) => path.join('.') || 'the whole');
  const reason = `answered in another form than declared: ${places.join(', ')}`;
  throw new ToolFailure('The service gave an answer that was not understood.', { reason, mayHaveRun: true });
}
