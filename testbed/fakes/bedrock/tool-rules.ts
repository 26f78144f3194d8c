import type { Behaviours } from './behaviours';
import type { DeclaredTool } from './events';
import { TEXTS } from './exceptions';
import { isObject } from './input';
import { Broken, LIVE_REFUSALS } from './refusals';

/** Which tool results may be sent: one for each use, each JSON. */
export class ToolRules {
  readonly #rules: Behaviours['rules'];
  readonly #schemas: Behaviours['schemas'];
  #hasTools = false;
  /** Tool uses sent to the client, and whether each has been answered. */
  readonly #uses = new Map<string, 'waiting' | 'answering' | 'answered'>();

  constructor({ rules, schemas }: Pick<Behaviours, 'rules' | 'schemas'>) {
    this.#rules = rules;
    this.#schemas = schemas;
  }

  /** Tools are declared. @throws Broken */
  declare(tools: readonly DeclaredTool[]): void {
    this.#hasTools = tools.length > 0;
    if (this.#schemas === 'any') return;
    for (const tool of tools) {
      const schema: unknown = JSON.parse(tool.inputSchema.json);
      if (!isPlain(schema, this.#schemas === 'plain')) throw new Broken(TEXTS.invalidInput);
    }
  }

  /** A use was sent, so that a result for it is accepted. */
  expect(toolUseId: string): void {
    this.#uses.set(toolUseId, 'waiting');
  }

  /** A result begins. @throws Broken */
  open(toolUseId: string): void {
    if (!this.#hasTools) throw new Broken('Tool result without toolConfiguration');
    const state = this.#uses.get(toolUseId);
    if (state === undefined) throw new Broken(`Tool result for unknown toolUseId ${toolUseId}`);
    if (state !== 'waiting') throw new Broken(`Tool result for toolUseId ${toolUseId} was given before`);
    this.#uses.set(toolUseId, 'answering');
  }

  /** A result is complete. @throws Broken */
  close(toolUseId: string, content: string): void {
    const result = parseJson(content);
    if (result === undefined) throw new Broken('Tool Response parsing error');
    if (this.#rules === 'live' && !isObject(result.value)) throw new Broken(LIVE_REFUSALS.resultNotObject);
    this.#uses.set(toolUseId, 'answered');
  }
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

const REFUSED_KEYWORDS: readonly string[] = ['default', 'additionalProperties', 'title'];

/** True for a JSON Schema without the keywords that the service was seen to stumble over. */
function isPlain(schema: unknown, dollarAllowed: boolean): boolean {
  if (!isObject(schema)) return true;
  const { properties, anyOf, items } = schema;
  if (REFUSED_KEYWORDS.some((keyword) => keyword in schema) || (!dollarAllowed && '$schema' in schema)) return false;
  const { oneOf, allOf, $defs } = schema;
  const choices = [anyOf, oneOf, allOf].flatMap((some) => (Array.isArray(some) ? (some as unknown[]) : []));
  if (choices.some((choice) => isObject(choice) && choice['type'] === 'null')) return false;
  const named = [properties, $defs].flatMap((some) => (isObject(some) ? Object.values(some) : []));
  const inner = [...named, ...choices, items];
  return inner.every((part) => isPlain(part, dollarAllowed));
}
