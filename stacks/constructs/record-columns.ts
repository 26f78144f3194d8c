import { callRecordJsonSchema } from '../../contract/call-record';

/** A column, as Glue's catalogue has it. */
export interface Column {
  readonly name: string;
  /** Hive's, such as `array<struct<startms:bigint>>`. */
  readonly type: string;
  readonly comment?: string;
}

/** The parts of a JSON schema that a record's has. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Hive's type of such a value; undefined where it may be anything, as what a tool was told or answered. */
function hiveType({ type, const: only, properties = {}, items = {} }: Schema): string | undefined {
  switch (type) {
    case 'string':
    case 'boolean':
      return type;
    case 'integer':
      return 'bigint';
    case 'number':
      return Number.isInteger(only) ? 'bigint' : 'double';
    case 'array': {
      const inner = hiveType(items);
      return inner && `array<${inner}>`;
    }
    case 'object':
      return `struct<${columnsOf(properties)
        .map((column) => `${column.name}:${column.type}`)
        .join(',')}>`;
    case undefined:
      return undefined;
    default:
      throw new Error(`Hive's type for ${type} is not known`);
  }
}

/** Names are in lower case, as Hive has them; its reader of JSON takes `callId` for `callid`. */
const columnsOf = (properties: Readonly<Record<string, Schema>>): Column[] =>
  Object.entries(properties).flatMap(([name, schema]) => {
    const type = hiveType(schema);
    const comment = schema.description === undefined ? {} : { comment: schema.description };
    return type === undefined ? [] : [{ name: name.toLowerCase(), type, ...comment }];
  });

/** The columns of a table of records: every field of the schema that has a type. */
export const recordColumns = (): Column[] => columnsOf((callRecordJsonSchema() as Schema).properties ?? {});
