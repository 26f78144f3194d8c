import {
  ATTRIBUTE_GROUPS,
  type AttributeGroup,
  type BlockSchema,
  type CtyType,
  type NestedBlockSchema,
} from '../../fakes/terraform';

/** Terraform's names of types, such as `aws_vpc`. */
export interface TypeNames {
  readonly resources: readonly string[];
  readonly dataSources: readonly string[];
}

export interface Attribute {
  readonly name: string;
  readonly type: CtyType;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
}

const groupOf = ({ required, optional, computed }: Attribute): AttributeGroup => {
  if (required) return 'required';
  if (optional) return computed ? 'optionalComputed' : 'optional';
  return 'computed';
};

const sorted = <T>(entries: readonly (readonly [name: string, T])[]): Record<string, T> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

/** A block from its attributes and the blocks inside, sorted, without groups that are empty. */
export function block(
  attributes: readonly Attribute[],
  blocks: readonly (readonly [name: string, NestedBlockSchema])[],
): BlockSchema {
  const groups = ATTRIBUTE_GROUPS.map((group) => {
    const members = attributes.filter((attribute) => groupOf(attribute) === group);
    return [group, sorted(members.map(({ name, type }) => [name, type]))] as const;
  });
  const filled = groups.filter(([, members]) => Object.keys(members).length > 0);
  return {
    ...(Object.fromEntries(filled) as BlockSchema),
    ...(blocks.length > 0 ? { blocks: sorted(blocks) } : {}),
  };
}

const hasDynamic = ({ blocks = {}, ...groups }: BlockSchema): boolean =>
  Object.values(groups).some((group) => Object.values(group).includes('dynamic')) ||
  Object.values(blocks).some((inner) => hasDynamic(inner.block));

/**
 * A block inside another. Terraform allows no dynamic value in a set, so that such a set becomes a list.
 * @param max 0 is no limit
 */
export function nestedBlock(
  inner: BlockSchema,
  nesting: NestedBlockSchema['nesting'],
  min: number,
  max: number,
): NestedBlockSchema {
  return {
    nesting: nesting === 'set' && hasDynamic(inner) ? 'list' : nesting,
    ...(min > 0 ? { min } : {}),
    ...(max > 0 ? { max } : {}),
    block: inner,
  };
}
