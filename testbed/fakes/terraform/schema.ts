/** Terraform's type of a value, as its plugin protocol writes it in JSON. */
export type CtyType =
  | 'string'
  | 'number'
  | 'bool'
  | 'dynamic'
  | readonly ['list' | 'set' | 'map', CtyType]
  | readonly ['object', Readonly<Record<string, CtyType>>];

export interface AttributeSchema {
  readonly name: string;
  readonly type: CtyType;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
}

export interface NestedBlockSchema {
  readonly name: string;
  readonly nesting: 'single' | 'list' | 'set';
  readonly minItems: number;
  /** 0 is no limit. */
  readonly maxItems: number;
  readonly block: BlockSchema;
}

/** What may be written in a block of configuration. */
export interface BlockSchema {
  readonly attributes: readonly AttributeSchema[];
  readonly blocks: readonly NestedBlockSchema[];
}

/** The schemas of some of a provider's resources and data sources. */
export interface ProviderSchema {
  readonly provider: BlockSchema;
  readonly resources: Readonly<Record<string, BlockSchema>>;
  readonly dataSources: Readonly<Record<string, BlockSchema>>;
}

const NESTING = { single: 'SINGLE', list: 'LIST', set: 'SET' } as const;

/** A block as the protocol's message. */
export function toWire(block: BlockSchema): Record<string, unknown> {
  return {
    attributes: block.attributes.map(({ type, ...rest }) => ({ ...rest, type: Buffer.from(JSON.stringify(type)) })),
    block_types: block.blocks.map(({ name, nesting, minItems, maxItems, block: inner }) => ({
      type_name: name,
      nesting: NESTING[nesting],
      min_items: minItems,
      max_items: maxItems,
      block: toWire(inner),
    })),
  };
}
