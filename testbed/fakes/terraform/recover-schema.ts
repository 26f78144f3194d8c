import { Binding, bindingSource, bindingsFolder, type Member, type TableEntry } from './binding-source';
import type { AttributeSchema, BlockSchema, CtyType, NestedBlockSchema, ProviderSchema } from './schema';

const SIMPLE: Readonly<Record<string, CtyType>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  any: 'string',
};

/**
 * What CDKTF could not type, such as the statements of a web ACL, which contain each other without end: anything goes
 * there, as it does in the bindings.
 */
const UNTYPED: TableEntry['storage'] = 'any';

/** `stringMapList` and the like, read from the right: the last word is the outermost collection. */
function storageType(storage: string, kind: TableEntry['kind']): CtyType | undefined {
  const match = /^(string|number|boolean|any)((?:List|Map)*)$/.exec(storage);
  if (!match) return undefined;
  const collections = match[2]?.match(/List|Map/g) ?? [];
  return collections.reduce<CtyType>(
    (inner, collection, index) => {
      if (collection === 'Map') return ['map', inner];
      return [index === collections.length - 1 && kind === 'set' ? 'set' : 'list', inner];
    },
    SIMPLE[match[1] ?? ''] ?? 'string',
  );
}

/** What the getter of a member says of its type, for members that cannot be set. */
const GETTERS: readonly (readonly [RegExp, CtyType])[] = [
  [/= new cdkt[fn]\.(String|Any)Map\(/, ['map', 'string']],
  [/= new cdkt[fn]\.NumberMap\(/, ['map', 'number']],
  [/= new cdkt[fn]\.BooleanMap\(/, ['map', 'bool']],
  [/= new cdkt[fn]\.(String|Any)MapList\(/, ['list', ['map', 'string']]],
  // Lists of lists, which CDKTF has no getter for.
  [/this\.interpolationForAttribute\(/, ['list', ['list', 'string']]],
  [/tolist\(this\.getListAttribute\(/, ['set', 'string']],
  [/tolist\(this\.getNumberListAttribute\(/, ['set', 'number']],
  [/this\.getListAttribute\(/, ['list', 'string']],
  [/this\.getNumberListAttribute\(/, ['list', 'number']],
  [/this\.getStringMapAttribute\(/, ['map', 'string']],
  [/this\.getBooleanMapAttribute\(/, ['map', 'bool']],
  [/this\.getNumberMapAttribute\(/, ['map', 'number']],
  [/this\.getAnyMapAttribute\(/, ['map', 'string']],
  [/this\.getStringAttribute\(/, 'string'],
  [/this\.getNumberAttribute\(/, 'number'],
  [/this\.getBooleanAttribute\(/, 'bool'],
];

/** A member that is made of a nested class: `new XList(this, "name", wrapsSet)`. */
const NESTED = /= new (\w+?)(OutputReference|List|Map|MapList)\(this, "\w+"(?:, (true|false))?\)/;

interface Nested {
  readonly struct: string;
  readonly shape: 'one' | 'list' | 'set' | 'map';
}

function nestedOf(member: Member, entry: TableEntry | undefined): Nested | undefined {
  const match = NESTED.exec(member.body);
  if (match) {
    const [, struct = '', suffix, wrapsSet] = match;
    if (suffix === 'OutputReference') return { struct, shape: 'one' };
    return { struct, shape: suffix === 'List' ? (wrapsSet === 'true' ? 'set' : 'list') : 'map' };
  }
  // A provider's blocks have no class: only the table names their structure.
  if (entry?.isBlock !== true) return undefined;
  return { struct: entry.storage.replace(/List$/, ''), shape: entry.kind === 'set' ? 'set' : 'list' };
}

/** Terraform allows no dynamic value in a set, so that such a set is read as a list. */
const hasDynamic = (block: BlockSchema): boolean =>
  block.attributes.some(({ type }) => type === 'dynamic') || block.blocks.some((inner) => hasDynamic(inner.block));

/** Recovers the schema of one binding. */
class Recovery {
  constructor(private readonly binding: Binding) {}

  main(): BlockSchema {
    return this.block(this.binding.members(this.binding.mainClass) ?? [], this.binding.mainTable());
  }

  private nestedBlock(struct: string): BlockSchema {
    const table = this.binding.nestedTable(struct);
    const members = this.binding.members(`${struct}OutputReference`) ?? this.optionalMembers(table);
    return this.block(members, table);
  }

  /** Structures without a class do not say what they require; the table says what they may hold. */
  private optionalMembers(table: ReadonlyMap<string, TableEntry>): Member[] {
    return [...table.keys()].map((name) => ({ name, computed: false, optional: true, required: false, body: '' }));
  }

  private block(members: readonly Member[], table: ReadonlyMap<string, TableEntry>): BlockSchema {
    const attributes: AttributeSchema[] = [];
    const blocks: NestedBlockSchema[] = [];
    for (const member of members) {
      const entry = table.get(member.name);
      const nested = nestedOf(member, entry);
      const { name, required, optional, computed } = member;
      if (nested && entry && this.isBlock(member, entry)) blocks.push(this.blockOf(member, entry, nested));
      else {
        const type = nested ? this.objects(nested) : this.simple(member, entry);
        attributes.push({ name, type, required, optional, computed });
      }
    }
    return { attributes, blocks };
  }

  /** A block is never computed, and a list that is one says so in how it is rendered. */
  private isBlock(member: Member, entry: TableEntry): boolean {
    return entry.isBlock && !member.computed && !/listMapperHcl\(\w+, false\)/.test(entry.value);
  }

  private blockOf(member: Member, entry: TableEntry, { struct, shape }: Nested): NestedBlockSchema {
    const block = this.nestedBlock(struct);
    const isSet = (shape === 'set' || entry.kind === 'set') && !hasDynamic(block);
    const nesting = entry.kind === 'struct' ? 'single' : isSet ? 'set' : 'list';
    return {
      name: member.name,
      nesting,
      minItems: member.required && nesting !== 'single' ? 1 : 0,
      maxItems: shape === 'one' && nesting !== 'single' ? 1 : 0,
      block,
    };
  }

  private simple(member: Member, entry: TableEntry | undefined): CtyType {
    if (entry?.storage === UNTYPED) return 'dynamic';
    const fromTable = entry && storageType(entry.storage, entry.kind);
    if (fromTable !== undefined) return fromTable;
    const getter = GETTERS.find(([pattern]) => pattern.test(member.body));
    if (!getter) throw new Error(`the type of ${member.name} in the binding ${this.binding.module} cannot be told`);
    return getter[1];
  }

  /** An attribute that holds objects. */
  private objects({ struct, shape }: Nested): CtyType {
    const { attributes, blocks } = this.nestedBlock(struct);
    const object: CtyType = [
      'object',
      Object.fromEntries([
        ...attributes.map(({ name, type }) => [name, type] as const),
        ...blocks.map((block) => [block.name, this.asType(block)] as const),
      ]),
    ];
    return shape === 'one' ? object : [shape, object];
  }

  private asType({ nesting, block }: NestedBlockSchema): CtyType {
    const object: CtyType = [
      'object',
      Object.fromEntries([
        ...block.attributes.map(({ name, type }) => [name, type] as const),
        ...block.blocks.map((inner) => [inner.name, this.asType(inner)] as const),
      ]),
    ];
    return nesting === 'single' ? object : [nesting, object];
  }
}

/** `aws_lb_listener` is in the module `lb-listener`. */
const moduleOf = (type: string): string => type.replace(/^[a-z]+_/, '').replaceAll('_', '-');

/**
 * Recovers the schemas of some resources and data sources from the installed bindings of a CDKTF provider.
 * @param types Terraform's names, such as `aws_vpc`
 * @param packageName `@cdktf/provider-aws`, or its fork's
 * @throws Error when the bindings hold no such type
 */
export function recoverSchema(
  types: { readonly resources: Iterable<string>; readonly dataSources: Iterable<string> },
  packageName = '@cdktf/provider-aws',
): ProviderSchema {
  const folder = bindingsFolder(packageName);
  const recover = (module: string): BlockSchema =>
    new Recovery(new Binding(module, bindingSource(folder, module))).main();
  const all = (names: Iterable<string>, moduleName: (type: string) => string) =>
    Object.fromEntries([...names].map((type) => [type, recover(moduleName(type))]));
  return {
    provider: recover('provider'),
    resources: all(types.resources, moduleOf),
    dataSources: all(types.dataSources, (type) => `data-aws-${moduleOf(type)}`),
  };
}
