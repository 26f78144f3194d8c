import type { z } from 'zod';
import type { ToolRules } from './tool-rules';

/** A Lambda function, invoked with `{tool, arguments, call, variables, idempotencyKey}`. */
export interface LambdaTool extends ToolRules {
  readonly kind: 'lambda';
  /** A name, a name with an alias (`book:live`) or a whole ARN. */
  readonly function: string;
  readonly arguments?: z.ZodObject;
  /** The call's variables that the function is given; none unless named. */
  readonly variables?: readonly string[];
  /** The part of the answer that the model is given: what the schema does not name is left out. */
  readonly answer?: z.ZodType;
}

/** A tool that invokes a Lambda function; the task may invoke exactly that one. */
export const lambda = (tool: Omit<LambdaTool, 'kind'>): LambdaTool => ({ ...tool, kind: 'lambda' });
