import type { InvocationResponse } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { ToolFailure } from '../tool';

const Trouble = z.object({ errorType: z.string().regex(/^[\w.:]{1,80}$/) });
/** What a function answers that stands behind an API Gateway. */
const Gateway = z.object({ statusCode: z.number(), body: z.string().optional() });

/**
 * What a function answered. Of one that failed, only the type of its error is kept, for the log: its message and trace may
 * hold anything.
 * @throws ToolFailure for an error of the function, and what is no JSON or too long
 */
export function answerOf({ FunctionError, Payload }: InvocationResponse, maxBytes: number): unknown {
  const text = Buffer.from(Payload ?? []).toString('utf8');
  if (FunctionError !== undefined) {
    const { data } = Trouble.safeParse(maybeJson(text));
    const reason = `${FunctionError}: ${data?.errorType ?? 'of no type'}`;
    throw new ToolFailure('The service has a fault.', { reason, mayHaveRun: true });
  }
  if (Buffer.byteLength(text) > maxBytes) throw strange('answered with more than 64 KB');
  const answer = text.trim() === '' ? {} : maybeJson(text);
  if (answer === undefined) throw strange('answered with broken JSON');
  const { data: gateway } = Gateway.safeParse(answer);
  if (gateway === undefined) return unwrapped(answer);
  if (gateway.statusCode >= 400) {
    const sentence = gateway.statusCode < 500 ? 'The service did not accept that.' : 'The service has a fault.';
    const reason = `status ${gateway.statusCode}`;
    throw new ToolFailure(sentence, { reason, mayHaveRun: gateway.statusCode >= 500 });
  }
  return unwrapped(gateway.body ?? {});
}

/** JSON text in JSON text is what a function gives that has written its own. */
function unwrapped(answer: unknown): unknown {
  return typeof answer === 'string' ? (maybeJson(answer) ?? answer) : answer;
}

function maybeJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function strange(reason: string): ToolFailure {
  return new ToolFailure('The service gave an answer that was not understood.', { reason, mayHaveRun: true });
}
