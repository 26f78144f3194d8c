import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One line of a binding's table of what goes into configuration. */
export interface TableEntry {
  /** The expression that renders the value, from which blocks are told from attributes. */
  readonly value: string;
  readonly isBlock: boolean;
  readonly kind: 'simple' | 'list' | 'set' | 'map' | 'struct';
  /** `string`, `stringList`, …, or the name of a class. */
  readonly storage: string;
}

/** One attribute or block of a class, from the comment that CDKTF's generator leaves above it. */
export interface Member {
  readonly name: string;
  readonly computed: boolean;
  readonly optional: boolean;
  readonly required: boolean;
  /** The TypeScript between this comment and the next. */
  readonly body: string;
}

/** Where a package's bindings are. */
export function bindingsFolder(packageName: string): string {
  return join(dirname(require.resolve(`${packageName}/package.json`)), 'lib');
}

/**
 * The TypeScript that a binding was compiled from: it is in the inline source map, comments and all.
 * @throws Error when the module is missing or has no source map
 */
export function bindingSource(folder: string, module: string): string {
  const compiled = readFileSync(join(folder, module, 'index.js'), 'utf8');
  const marker = 'sourceMappingURL=data:application/json;base64,';
  const at = compiled.lastIndexOf(marker);
  if (at < 0) throw new Error(`the binding ${module} has no inline source map to recover its schema from`);
  const map = JSON.parse(Buffer.from(compiled.slice(at + marker.length), 'base64').toString('utf8')) as {
    sourcesContent?: string[];
  };
  const source = map.sourcesContent?.[0];
  if (source === undefined) throw new Error(`the source map of the binding ${module} holds no source`);
  return source;
}

const CLASS = /^export class (\w+) extends cdkt[fn]\.(\w+) \{$/gm;
const COMMENT = /^ {2}\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (true|false)$/gm;
const TABLE_ENTRY =
  /^ {4,6}(\w+): \{\n\s+value: (.*),\n\s+isBlock: (true|false),\n\s+type: "(\w+)",\n\s+storageClassType: "(\w+)",/gm;

/** A binding's source, taken apart. */
export class Binding {
  private readonly classes = new Map<string, { base: string; text: string }>();

  constructor(
    readonly module: string,
    private readonly source: string,
  ) {
    const found = [...source.matchAll(CLASS)];
    found.forEach((match, index) => {
      const [, name = '', base = ''] = match;
      this.classes.set(name, { base, text: source.slice(match.index, found[index + 1]?.index ?? source.length) });
    });
  }

  /** The class of the resource, data source or provider itself. */
  get mainClass(): string {
    const bases = ['TerraformResource', 'TerraformDataSource', 'TerraformProvider'];
    const main = [...this.classes].find(([, { base }]) => bases.includes(base));
    if (!main) throw new Error(`the binding ${this.module} has no resource, data source or provider`);
    return main[0];
  }

  /** The members of a class; undefined when there is no such class. */
  members(className: string): Member[] | undefined {
    const text = this.classes.get(className)?.text;
    if (text === undefined) return undefined;
    const found = [...text.matchAll(COMMENT)];
    return found.map((match, index) => ({
      name: match[1] ?? '',
      computed: match[2] === 'true',
      optional: match[3] === 'true',
      required: match[4] === 'true',
      body: text.slice(match.index, found[index + 1]?.index ?? text.length),
    }));
  }

  /** The configuration table of the main class. */
  mainTable(): ReadonlyMap<string, TableEntry> {
    return this.table(this.classes.get(this.mainClass)?.text ?? '');
  }

  /** The configuration table of a nested structure, by the structure's name. */
  nestedTable(struct: string): ReadonlyMap<string, TableEntry> {
    const name = `${struct.charAt(0).toLowerCase()}${struct.slice(1)}ToHclTerraform`;
    const from = this.source.indexOf(`export function ${name}(`);
    if (from < 0) return new Map();
    return this.table(this.source.slice(from, this.source.indexOf('\n}\n', from)));
  }

  private table(text: string): ReadonlyMap<string, TableEntry> {
    return new Map(
      [...text.matchAll(TABLE_ENTRY)].map(([, name = '', value = '', isBlock, kind, storage = '']) => [
        name,
        { value, isBlock: isBlock === 'true', kind: kind as TableEntry['kind'], storage },
      ]),
    );
  }
}
