import { readShape } from './read-shape';
import type { Json } from './resolve';
import { SchemaRefusal, type Shape } from './shape';

/** A tool's arguments: what the model is told of them, and how what it writes is turned back. */
export interface ModelSchema {
  readonly inputSchema: Record<string, unknown>;
  /** Texts become the values they stand for, and null stands where it was left out. */
  restore(given: unknown): unknown;
}

/**
 * A tool's arguments as Nova Sonic takes them: plain types and nothing else.
 * Source: refusals of the live service ("Invalid input request" at promptStart), November 2026.
 * @param toolName names the tool in the error
 * @throws BotError `config_invalid` with the path of what has no plain form
 */
export function modelSchema(schema: Json, toolName: string): ModelSchema {
  try {
    const shape = readShape(schema);
    return { inputSchema: written(shape), restore: (given) => restored(given, shape) };
  } catch (error) {
    throw error instanceof SchemaRefusal ? error.ofTool(toolName) : error;
  }
}

function written(shape: Shape): Record<string, unknown> {
  const described = shape.description === undefined ? {} : { description: shape.description };
  switch (shape.kind) {
    case 'object': {
      const entries = Object.entries(shape.properties);
      const required = shape.required.filter((name) => shape.properties[name]?.isNullable === false);
      return {
        type: 'object',
        ...described,
        properties: Object.fromEntries(entries.map(([name, property]) => [name, written(property)])),
        ...(required.length === 0 ? {} : { required }),
      };
    }
    case 'list':
      return { type: 'array', ...described, items: written(shape.items), ...shape.bounds };
    case 'plain': {
      const choices = shape.choices === undefined ? {} : { enum: shape.choices.map(({ text }) => text) };
      return { type: shape.type, ...described, ...choices, ...shape.bounds };
    }
    case 'text': {
      const form = shape.types.length === 0 ? 'Any value, as text.' : `A ${shape.types.join(' or ')}, as text.`;
      return { type: 'string', description: shape.description === undefined ? form : `${shape.description} ${form}` };
    }
  }
}

function restored(given: unknown, shape: Shape): unknown {
  if (given === undefined) return shape.isNullable ? null : undefined;
  switch (shape.kind) {
    case 'object': {
      if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
      const filled: Record<string, unknown> = { ...given };
      for (const [name, property] of Object.entries(shape.properties)) {
        const isOptional = !shape.required.includes(name) && filled[name] === undefined;
        if (!isOptional) filled[name] = restored(filled[name], property);
      }
      return filled;
    }
    case 'list':
      return Array.isArray(given) ? given.map((item) => restored(item, shape.items)) : given;
    case 'plain':
      return shape.choices?.find(({ text }) => text === given)?.value ?? given;
    case 'text':
      return typeof given === 'string' ? valueOf(given, shape.types) : given;
  }
}

/** What a text stands for where a text is not what is wanted, or where anything is and it looks like JSON. */
function valueOf(text: string, types: readonly string[]): unknown {
  const isWanted = types.includes('string') || (types.length === 0 && !/^\s*[[{]/.test(text));
  if (isWanted) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
