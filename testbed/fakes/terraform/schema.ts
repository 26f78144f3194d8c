import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Terraform's type of a value, as its plugin protocol writes it in JSON. */
export type CtyType =
  | 'string'
  | 'number'
  | 'bool'
  | 'dynamic'
  | readonly ['list' | 'set' | 'map', CtyType]
  | readonly ['object', Readonly<Record<string, CtyType>>];

/** Who gives an attribute its value; a group of attributes has the same flags in Terraform's protocol. */
const FLAGS = {
  required: { required: true, optional: false, computed: false },
  optional: { required: false, optional: true, computed: false },
  computed: { required: false, optional: false, computed: true },
  optionalComputed: { required: false, optional: true, computed: true },
} as const;
export type AttributeGroup = keyof typeof FLAGS;
export const ATTRIBUTE_GROUPS = Object.keys(FLAGS) as AttributeGroup[];

/** What may be written in a block of configuration: types of attributes by group and name, and the blocks inside. */
export type BlockSchema = Readonly<Partial<Record<AttributeGroup, Readonly<Record<string, CtyType>>>>> & {
  readonly blocks?: Readonly<Record<string, NestedBlockSchema>>;
};

export interface NestedBlockSchema {
  readonly nesting: 'single' | 'list' | 'set';
  /** How many there must be. Default: 0. */
  readonly min?: number;
  /** How many there may be. Default: any number. */
  readonly max?: number;
  readonly block: BlockSchema;
}

/** The schemas of some of a provider's resources and data sources. */
export interface ProviderSchema {
  readonly provider: BlockSchema;
  readonly resources: Readonly<Record<string, BlockSchema>>;
  readonly dataSources: Readonly<Record<string, BlockSchema>>;
}

/** aws-schema.json: the schemas of what the stacks use, and which provider they are of. */
export interface SchemaExtract extends ProviderSchema {
  /** Version of hashicorp/aws. */
  readonly version: string;
  /** Version of @cdktf/provider-aws, whose stacks it is for. */
  readonly bindings: string;
  readonly source: 'terraform providers schema' | 'bindings';
}

export const AWS_SCHEMA_FILE = join(__dirname, 'aws-schema.json');

/** Reads the committed extract, which `npm run providers:schema` makes. */
export const awsSchema = (): SchemaExtract => JSON.parse(readFileSync(AWS_SCHEMA_FILE, 'utf8')) as SchemaExtract;

/**
 * The schemas of some types of the AWS provider.
 * @param types Terraform's names, such as `aws_vpc`
 * @throws Error when the extract holds no such type
 */
export function awsSchemaOf(types: {
  readonly resources: Iterable<string>;
  readonly dataSources: Iterable<string>;
}): ProviderSchema {
  const extract = awsSchema();
  const pick = (from: Readonly<Record<string, BlockSchema>>, names: Iterable<string>) =>
    Object.fromEntries(
      [...names].map((type) => {
        const block = from[type];
        if (!block) throw new Error(`aws-schema.json has no ${type}: run \`npm run providers:schema\``);
        return [type, block] as const;
      }),
    );
  return {
    provider: extract.provider,
    resources: pick(extract.resources, types.resources),
    dataSources: pick(extract.dataSources, types.dataSources),
  };
}

const NESTING = { single: 'SINGLE', list: 'LIST', set: 'SET' } as const;

/** A block as the protocol's message. */
export function toWire(block: BlockSchema): Record<string, unknown> {
  return {
    attributes: ATTRIBUTE_GROUPS.flatMap((group) =>
      Object.entries(block[group] ?? {}).map(([name, type]) => ({
        name,
        type: Buffer.from(JSON.stringify(type)),
        ...FLAGS[group],
      })),
    ),
    block_types: Object.entries(block.blocks ?? {}).map(([name, { nesting, min = 0, max = 0, block: inner }]) => ({
      type_name: name,
      nesting: NESTING[nesting],
      min_items: min,
      max_items: max,
      block: toWire(inner),
    })),
  };
}
