import { BotError } from '../../errors';

/** What one argument may be, with references, merges and unions resolved. */
export type Shape = (ObjectShape | ListShape | PlainShape | TextShape) & {
  readonly description: string | undefined;
  /** Null is allowed, which the model cannot be told of: it leaves the argument out. */
  readonly isNullable: boolean;
};

export interface ObjectShape {
  readonly kind: 'object';
  readonly properties: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
}

export interface ListShape {
  readonly kind: 'list';
  readonly items: Shape;
  readonly bounds: Bounds;
}

/** One plain type. `choices`: the only values, each with the text the model writes for it. */
export interface PlainShape {
  readonly kind: 'plain';
  readonly type: PlainType;
  readonly choices: readonly Choice[] | undefined;
  readonly bounds: Bounds;
}

/** A value of several types, which the model writes as text. */
export interface TextShape {
  readonly kind: 'text';
  readonly types: readonly string[];
}

export type PlainType = 'string' | 'number' | 'integer' | 'boolean';

export interface Choice {
  readonly text: string;
  readonly value: unknown;
}

/** Keywords with a number, as JSON Schema has them. */
export type Bounds = Readonly<Record<string, number>>;

/** A part of a schema that has no form the model could be told of. `path` is empty for the whole. */
export class SchemaRefusal extends Error {
  constructor(
    readonly path: string,
    readonly rule: string,
  ) {
    super(`${path === '' ? 'its arguments' : `its argument ${path}`}: ${rule}`);
    this.name = 'SchemaRefusal';
  }

  /** As an error that names the tool. */
  ofTool(name: string): BotError {
    return new BotError('config_invalid', `The tool ${name} cannot be given to the model: ${this.message}.`);
  }
}
