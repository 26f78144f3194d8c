import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { BlockSchema, CtyType, NestedBlockSchema, ProviderSchema } from '../../fakes/terraform';
import { type Attribute, block, nestedBlock, type TypeNames } from './block';

/** A row of the table that a binding renders its configuration from. */
interface TableEntry {
  readonly value: ts.Expression;
  readonly isBlock: boolean;
  readonly kind: 'simple' | 'list' | 'set' | 'map' | 'struct';
  /** `string`, `stringList`, …, or the name of a class. */
  readonly storage: string;
}

/** An attribute or block of a class, with the flags from the comment that CDKTF's generator leaves above it. */
interface Member {
  readonly name: string;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  /** What the member is initialised with, or what its getter returns. */
  readonly expression?: ts.Expression | undefined;
}

/** A member that is made of a class of the binding: `new XList(this, "name", wrapsSet)`. */
interface Nested {
  readonly struct: string;
  readonly shape: 'one' | 'list' | 'set' | 'map';
}

const BASES = ['TerraformResource', 'TerraformDataSource', 'TerraformProvider'];
const FLAGS = /^\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (true|false)$/;
const SCALARS: Readonly<Record<string, CtyType>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  any: 'string',
};

/**
 * The TypeScript that a binding was compiled from, which is in its inline source map: only there are comments that say
 * what is computed.
 */
function sourceOf(module: string): ts.SourceFile {
  const file = join(dirname(require.resolve('@cdktf/provider-aws/package.json')), 'lib', module, 'index.js');
  const [, map = ''] = readFileSync(file, 'utf8').split('sourceMappingURL=data:application/json;base64,');
  const { sourcesContent } = JSON.parse(Buffer.from(map, 'base64').toString('utf8')) as { sourcesContent: [string] };
  return ts.createSourceFile(`${module}.ts`, sourcesContent[0], ts.ScriptTarget.Latest, true);
}

/** The last identifier of what is called or made: `getStringAttribute` of `this.getStringAttribute("arn")`. */
const calleeOf = (node: ts.CallExpression | ts.NewExpression): string =>
  ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : node.expression.getText();

function propertiesOf(literal: ts.Expression): Map<string, ts.Expression> {
  if (!ts.isObjectLiteralExpression(literal)) return new Map();
  return new Map(
    literal.properties
      .filter(ts.isPropertyAssignment)
      .map(({ name, initializer }) => [ts.isComputedPropertyName(name) ? name.getText() : name.text, initializer]),
  );
}

/** The first variable of a function's body that holds an object, which is its table. */
function tableOf(body: ts.Block | undefined): Map<string, TableEntry> {
  const attributes = body?.statements
    .filter(ts.isVariableStatement)
    .map(({ declarationList }) => declarationList.declarations[0]?.initializer)
    .find((value) => value && ts.isObjectLiteralExpression(value));
  const text = (node: ts.Expression | undefined) => (node && ts.isStringLiteral(node) ? node.text : '');
  return new Map(
    [...(attributes ? propertiesOf(attributes) : [])].flatMap(([name, row]) => {
      const cells = propertiesOf(row);
      const value = cells.get('value');
      if (!value) return [];
      const isBlock = cells.get('isBlock')?.kind === ts.SyntaxKind.TrueKeyword;
      const kind = text(cells.get('type')) as TableEntry['kind'];
      return [[name, { value, isBlock, kind, storage: text(cells.get('storageClassType')) }]] as const;
    }),
  );
}

/** `stringMapList` and the like, read from the right: the last word is the outermost collection. */
function collectionType(storage: string, isSet: boolean): CtyType | undefined {
  const [, scalar = '', words = ''] = /^(string|number|boolean|any)((?:List|Map)*)$/.exec(storage) ?? [];
  const collections = words.match(/List|Map/g) ?? [];
  return collections.reduce<CtyType | undefined>((inner, word, index) => {
    const isOutermost = index === collections.length - 1;
    return inner && [word === 'Map' ? 'map' : isSet && isOutermost ? 'set' : 'list', inner];
  }, SCALARS[scalar]);
}

/** The type of what only the provider sets: `getNumberListAttribute`, `StringMap` and the like say it. */
function getterType(expression: ts.Expression | undefined): CtyType | undefined {
  if (!expression || !(ts.isCallExpression(expression) || ts.isNewExpression(expression))) return undefined;
  const name = calleeOf(expression);
  const [inner] = expression.arguments ?? [];
  if (name === 'tolist' && inner && ts.isCallExpression(inner)) {
    const list = getterType(inner);
    return Array.isArray(list) ? ['set', list[1] as CtyType] : undefined;
  }
  // Lists of lists, which CDKTF has no getter for.
  if (name === 'interpolationForAttribute') return ['list', ['list', 'string']];
  const words = name.replace(/^get/, '').replace(/Attribute$/, '');
  return collectionType(words === 'List' ? 'stringList' : words.charAt(0).toLowerCase() + words.slice(1), false);
}

class Binding {
  readonly #source: ts.SourceFile;
  readonly #classes: ReadonlyMap<string, ts.ClassDeclaration>;

  constructor(module: string) {
    this.#source = sourceOf(module);
    const classes = this.#source.statements.filter(ts.isClassDeclaration);
    this.#classes = new Map(classes.map((one) => [one.name?.text ?? '', one]));
  }

  /** The schema of the resource, data source or provider itself. */
  main(): BlockSchema {
    for (const one of this.#classes.values()) {
      const base = one.heritageClauses?.[0]?.types[0]?.expression.getText().split('.').at(-1) ?? '';
      if (!BASES.includes(base)) continue;
      const methods = one.members.filter(ts.isMethodDeclaration);
      const renderer = methods.find(({ name }) => name.getText() === 'synthesizeHclAttributes');
      return this.#block(this.#members(one), tableOf(renderer?.body));
    }
    throw new Error(`${this.#source.fileName} has no resource, data source or provider`);
  }

  #members(of: ts.ClassDeclaration): Member[] {
    const text = this.#source.text;
    return of.members.flatMap((member) => {
      const comments = ts.getLeadingCommentRanges(text, member.getFullStart()) ?? [];
      const found = comments.flatMap(({ pos, end }) => FLAGS.exec(text.slice(pos, end)) ?? []);
      const [, name, computed, optional, required] = found;
      if (name === undefined) return [];
      const returned = ts.isGetAccessor(member) ? member.body?.statements.find(ts.isReturnStatement) : undefined;
      const expression = ts.isPropertyDeclaration(member) ? member.initializer : returned?.expression;
      const flags = { computed: computed === 'true', optional: optional === 'true', required: required === 'true' };
      return [{ name, ...flags, expression }];
    });
  }

  #nestedBlock(struct: string): BlockSchema {
    const renderer = `${struct.charAt(0).toLowerCase()}${struct.slice(1)}ToHclTerraform`;
    const table = tableOf(
      this.#source.statements.filter(ts.isFunctionDeclaration).find(({ name }) => name?.text === renderer)?.body,
    );
    const one = this.#classes.get(`${struct}OutputReference`);
    // A structure without a class does not say what it requires; the table says what it may hold.
    const optional = () =>
      [...table.keys()].map((name) => ({ name, computed: false, optional: true, required: false }));
    return this.#block(one ? this.#members(one) : optional(), table);
  }

  #block(members: readonly Member[], table: ReadonlyMap<string, TableEntry>): BlockSchema {
    const attributes: Attribute[] = [];
    const blocks: [string, NestedBlockSchema][] = [];
    for (const member of members) {
      const entry = table.get(member.name);
      const nested = this.#nested(member, entry);
      if (nested && entry && isBlock(member, entry)) blocks.push([member.name, this.#blockOf(member, entry, nested)]);
      else attributes.push({ ...member, type: nested ? this.#objects(nested) : this.#simple(member, entry) });
    }
    return block(attributes, blocks);
  }

  #nested({ expression }: Member, entry: TableEntry | undefined): Nested | undefined {
    if (expression && ts.isNewExpression(expression) && ts.isIdentifier(expression.expression)) {
      const name = calleeOf(expression);
      const [suffix = ''] = /(OutputReference|MapList|Map|List)$/.exec(name) ?? [];
      const wrapsSet = expression.arguments?.[2]?.kind === ts.SyntaxKind.TrueKeyword;
      const shape = suffix === 'OutputReference' ? 'one' : suffix === 'List' ? (wrapsSet ? 'set' : 'list') : 'map';
      return { struct: name.slice(0, name.length - suffix.length), shape };
    }
    // A provider's blocks have no class: only the table names their structure.
    if (entry?.isBlock !== true) return undefined;
    return { struct: entry.storage.replace(/List$/, ''), shape: entry.kind === 'set' ? 'set' : 'list' };
  }

  #blockOf({ required }: Member, { kind }: TableEntry, { struct, shape }: Nested): NestedBlockSchema {
    const nesting = kind === 'struct' ? 'single' : kind === 'set' || shape === 'set' ? 'set' : 'list';
    const isSingle = nesting === 'single';
    return nestedBlock(
      this.#nestedBlock(struct),
      nesting,
      required && !isSingle ? 1 : 0,
      shape === 'one' && !isSingle ? 1 : 0,
    );
  }

  #simple(member: Member, entry: TableEntry | undefined): CtyType {
    // What CDKTF could not type, such as the statements of a web ACL, which contain each other without end.
    if (entry?.storage === 'any') return 'dynamic';
    const type = (entry && collectionType(entry.storage, entry.kind === 'set')) ?? getterType(member.expression);
    if (!type) throw new Error(`the type of ${member.name} in ${this.#source.fileName} cannot be told`);
    return type;
  }

  /** An attribute that holds objects. */
  #objects({ struct, shape }: Nested): CtyType {
    const object = objectType(this.#nestedBlock(struct));
    return shape === 'one' ? object : [shape, object];
  }
}

/** A block is never computed, and an attribute that is written like one says so in how it is rendered. */
function isBlock(member: Member, { isBlock: saysSo, value }: TableEntry): boolean {
  const mapper = ts.isCallExpression(value) && ts.isCallExpression(value.expression) ? value.expression : undefined;
  const isAttribute = mapper?.arguments[1]?.kind === ts.SyntaxKind.FalseKeyword;
  return saysSo && !member.computed && !isAttribute;
}

function objectType({ blocks = {}, ...attributes }: BlockSchema): CtyType {
  const inner = Object.entries(blocks).map(([name, { nesting, block: nested }]) => {
    const object = objectType(nested);
    return [name, nesting === 'single' ? object : ([nesting, object] as const)] as const;
  });
  return [
    'object',
    Object.fromEntries([...Object.values(attributes).flatMap((group) => Object.entries(group)), ...inner]),
  ];
}

/** `aws_lb_listener` is in the module `lb-listener`. */
const moduleOf = (type: string): string => type.replace(/^aws_/, '').replaceAll('_', '-');

/**
 * Recovers the schemas of some types from the installed bindings, @cdktf/provider-aws.
 * @throws Error when the bindings hold no such type, or say something that is not understood here
 */
export function schemaFromBindings({ resources, dataSources }: TypeNames): ProviderSchema {
  const recover = (module: string) => new Binding(module).main();
  return {
    provider: recover('provider'),
    resources: Object.fromEntries(resources.map((type) => [type, recover(moduleOf(type))])),
    dataSources: Object.fromEntries(dataSources.map((type) => [type, recover(`data-aws-${moduleOf(type)}`)])),
  };
}
