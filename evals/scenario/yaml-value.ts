import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Document } from 'yaml';
import { type Place, problemAt, ScenarioError } from './problem';

const MAX_BYTES = 256 * 1024;
const MAX_NODES = 20_000;
const MAX_DEPTH = 40;
const MAX_INCLUDES = 20;
/** Keys whose digits are taken as they are written: `012` is three keys of a telephone, not ten. */
const LITERAL = new Set(['dtmf']);

const CORE_TAG = /^tag:yaml\.org,2002:(str|int|float|bool|null|seq|map)$/;

/** A file's content as plain values, and where each of them stands. */
export interface YamlValue {
  readonly value: unknown;
  /** The place of a path such as `['scenarios', 0, 'turns']`; that of the nearest parent where there is none. */
  readonly placeOf: (path: readonly PropertyKey[]) => Place;
}

/** What a file includes; a file that cannot be read has named some, too. */
export type IncludedFiles = Set<string>;

/**
 * Reads a YAML file whose `!include` tags name files in `folder`.
 * @param folder nothing outside it is read, by whatever name
 * @param included gets the files that it includes, by their real paths
 * @throws ScenarioError what cannot be read, is too large, or includes what it may not
 */
export function readYaml(file: string, folder: string, included: IncludedFiles = new Set()): YamlValue {
  const reading = new Reading(realpathSync(folder), included);
  const value = reading.file(file, []);
  return { value, placeOf: (at) => reading.placeOf(at, file) };
}

class Reading {
  readonly #folder: string;
  readonly #included: IncludedFiles;
  readonly #places = new Map<string, Place>();
  #nodes = 0;
  #includes = 0;

  constructor(folder: string, included: IncludedFiles) {
    this.#folder = folder;
    this.#included = included;
  }

  placeOf(at: readonly PropertyKey[], file: string): Place {
    for (let length = at.length; length > 0; length -= 1) {
      const place = this.#places.get(keyOf(at.slice(0, length)));
      if (place !== undefined) return place;
    }
    return { file, line: 1 };
  }

  file(file: string, at: readonly PropertyKey[], within: readonly string[] = []): unknown {
    const start = { file, line: 1 };
    const size = statSync(file, { throwIfNoEntry: false });
    if (size?.isFile() !== true) throw refused(start, 'is no file');
    if (size.size > MAX_BYTES) throw refused(start, `is larger than ${MAX_BYTES / 1024} KB`);
    const lines = new LineCounter();
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
    } catch {
      throw refused(start, 'is no text in UTF-8');
    }
    const document = parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: true,
      version: '1.2',
    });
    const here = { file, lines, document, within: [...within, realpathSync(file)] };
    const [error] = document.errors;
    if (error !== undefined) {
      const rule = error.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? '';
      throw refused(
        { file, line: error.linePos?.[0].line ?? 1 },
        rule.startsWith('Maximum call stack') ? `more than ${MAX_DEPTH} levels deep` : rule,
      );
    }
    return this.#value(document.contents, at, here, false);
  }

  #value(node: unknown, at: readonly PropertyKey[], here: Here, literal: boolean): unknown {
    if (node === null || node === undefined) return undefined;
    const place = placeIn(here, node as Node);
    if (!this.#places.has(keyOf(at))) this.#places.set(keyOf(at), place);
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES) throw refused(place, `more than ${MAX_NODES} values, aliases counted each time`);
    if (at.length > MAX_DEPTH) throw refused(place, `more than ${MAX_DEPTH} levels deep`);
    if (isAlias(node)) {
      const target = node.resolve(here.document);
      if (target === undefined)
        throw refused(place, `*${node.source} stands for nothing: no &${node.source} is before it`);
      return this.#value(target, at, here, literal);
    }
    const { tag } = node as Node;
    if (tag === '!include') return this.#include(node as Node, place, at, here);
    if (tag !== undefined && !CORE_TAG.test(tag)) throw refused(place, `the tag ${tag} is not known`);
    if (isSeq(node)) return node.items.map((item, index) => this.#value(item, [...at, index], here, false));
    if (isMap(node)) {
      const entries: [string, unknown][] = [];
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        if (name === undefined || name === '__proto__') throw refused(place, 'a key must be a plain word');
        if (name === '<<')
          throw refused(placeIn(here, key as Node), 'tables are not merged (<<): write out what it has');
        this.#places.set(keyOf([...at, name]), placeIn(here, key as Node));
        entries.push([name, this.#value(value, [...at, name], here, LITERAL.has(name))]);
      }
      return Object.fromEntries(entries);
    }
    if (!isScalar(node)) throw refused(place, 'is neither a value, a list nor a table');
    return literal && typeof node.value === 'number' ? node.source : (node.value ?? undefined);
  }

  #include(node: Node, place: Place, at: readonly PropertyKey[], here: Here): unknown {
    const named = isScalar(node) && typeof node.value === 'string' ? node.value : '';
    this.#includes += 1;
    if (this.#includes > MAX_INCLUDES) throw refused(place, `more than ${MAX_INCLUDES} files included`);
    const asked = path.resolve(path.dirname(here.file), named);
    let file: string;
    try {
      file = realpathSync(asked);
    } catch {
      throw refused(place, `!include ${named}: there is no such file`);
    }
    if (named === '' || path.isAbsolute(named) || path.relative(this.#folder, file).startsWith('..')) {
      throw refused(place, '!include takes a file of this folder, by its path from here');
    }
    if (here.within.includes(file)) throw refused(place, `!include ${named}: it includes itself`);
    this.#included.add(file);
    const value = this.file(asked, at, here.within);
    if (typeof value === 'object' && value !== null && 'name' in value && 'scenarios' in value) {
      throw refused(place, `!include ${named}: a part has no name and no scenarios of its own`);
    }
    return value;
  }
}

interface Here {
  readonly file: string;
  readonly lines: LineCounter;
  readonly document: Document;
  /** The files that include this one, itself the last. */
  readonly within: readonly string[];
}

const keyOf = (at: readonly PropertyKey[]): string => JSON.stringify(at);
const refused = (place: Place, rule: string): ScenarioError => new ScenarioError([problemAt(place, rule)]);

function placeIn({ file, lines }: Here, node: Node): Place {
  const [start] = node.range ?? [0];
  return { file, line: Math.max(1, lines.linePos(start).line) };
}
