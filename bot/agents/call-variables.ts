import { giverOf, type Variables, type z } from '../../contract/agent';
import { BotError } from '../errors';
import type { AskedAgent } from './call-agent';

const MAX_VARIABLES = 32;
const MAX_BYTES_EACH = 500;
const MAX_BYTES_IN_ALL = 4_096;
/** Lines, terminal sequences and directions would let a value pose as another part of the prompt. */
const NOT_PLAIN = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;

/**
 * The variables of a call, by the agent's schema.
 * @throws BotError `bad_request` or `unauthorized`, which names the variable and the rule, never the value
 */
export function checkVariables(
  schema: Variables | undefined,
  { variables = {}, givenBy }: Pick<AskedAgent, 'variables' | 'givenBy'>,
): Readonly<Record<string, unknown>> {
  checkBounds(variables);
  const shape = shapeOf(schema);
  for (const name of Object.keys(variables)) {
    const one = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (one === undefined) throw refused(name, 'the agent has no such variable');
    if (givenBy === 'browser' && giverOf(one) === 'server') {
      throw new BotError('unauthorized', `variables.${name} is set by a server only: send SERVER_API_KEY as the key.`);
    }
  }
  const parsed = schema?.safeParse(variables);
  if (parsed === undefined) return {};
  const [issue] = parsed.error?.issues ?? [];
  if (issue !== undefined) throw refused(issue.path.join('.'), issue.message);
  return parsed.data ?? {};
}

/**
 * What another agent is given of a call's variables: those that it declares, and of these the ones that its schema takes.
 */
export function variablesFor(
  schema: Variables | undefined,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const passed = Object.entries(shapeOf(schema)).flatMap(([name, one]) => {
    const { success, data } = one.safeParse(variables[name]);
    return success && data !== undefined ? [[name, data] as const] : [];
  });
  return Object.fromEntries(passed);
}

const shapeOf = (schema: Variables | undefined): Readonly<Record<string, z.ZodType>> => schema?.shape ?? {};

function checkBounds(variables: Readonly<Record<string, unknown>>): void {
  const entries = Object.entries(variables);
  if (entries.length > MAX_VARIABLES) throw new BotError('bad_request', `variables: ${MAX_VARIABLES} at most.`);
  let bytes = 0;
  for (const [name, value] of entries) {
    if (!NAME.test(name)) throw new BotError('bad_request', 'variables: a name is letters, digits and _, 32 at most.');
    const text = String(value);
    if (Buffer.byteLength(text) > MAX_BYTES_EACH) throw refused(name, `${MAX_BYTES_EACH} bytes at most`);
    if (NOT_PLAIN.test(text)) throw refused(name, 'one line of plain text');
    bytes += Buffer.byteLength(text);
  }
  if (bytes > MAX_BYTES_IN_ALL)
    throw new BotError('bad_request', `variables: ${MAX_BYTES_IN_ALL} bytes at most in all.`);
}

const refused = (name: string, rule: string): BotError => new BotError('bad_request', `variables.${name}: ${rule}.`);
