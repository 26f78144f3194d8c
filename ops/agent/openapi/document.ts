import { OpsError } from '../../cli/ops-error';

/** An object of a document that somebody else has written. */
export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is at a key of an object's own. */
export const at = (value: unknown, key: string): unknown =>
  isJson(value) && Object.hasOwn(value, key) ? value[key] : undefined;

export const textAt = (value: unknown, key: string): string | undefined => {
  const found = at(value, key);
  return typeof found === 'string' ? found : undefined;
};

export const listAt = (value: unknown, key: string): readonly unknown[] => {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
};

/** What of a document cannot become a tool: where, and by which rule. */
export const refusal = (path: string, rule: string): OpsError => new OpsError('definition_invalid', `${path} ${rule}`);

/** A `$ref` that leads to a `$ref` and so on is followed so far. */
const MAX_HOPS = 16;

/** What stands at a place of a document, and under which names it was found. */
export interface Resolved {
  readonly value: Json;
  /** The references that were followed, those of `trail` among them. */
  readonly trail: readonly string[];
}

/** An OpenAPI document of which nothing but itself is read. */
export class ApiDocument {
  /** @param origin the address it came from, which its own relative addresses mean; undefined for a file */
  constructor(
    readonly root: Json,
    readonly origin: string | undefined,
  ) {}

  /**
   * Follows `$ref`, inside of the document only.
   * @param path where `found` stands, for errors
   * @throws OpsError `definition_invalid` for what is no object, leads outside, nowhere, or to itself
   */
  resolve(found: unknown, path: string, trail: readonly string[] = []): Resolved {
    let value = found;
    const followed = [...trail];
    for (let hop = 0; ; hop += 1) {
      if (!isJson(value)) throw refusal(path, 'must be an object');
      const reference = textAt(value, '$ref');
      if (reference === undefined) return { value, trail: followed };
      if (!reference.startsWith('#/')) throw refusal(`${path}.$ref`, 'must begin with #/: no other document is read');
      if (hop === MAX_HOPS) throw refusal(`${path}.$ref`, 'must lead somewhere: it goes round in a circle');
      followed.push(reference);
      const { $ref: _, ...beside } = value;
      const target = this.#pointed(reference, path);
      value = isJson(target) ? { ...target, ...beside } : target;
    }
  }

  #pointed(reference: string, path: string): unknown {
    return reference
      .slice(2)
      .split('/')
      .reduce<unknown>((found, part) => {
        const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
        const next = Array.isArray(found) ? (found as unknown[])[Number(key)] : at(found, key);
        if (next === undefined) throw refusal(`${path}.$ref`, `must lead somewhere: there is no ${reference}`);
        return next;
      }, this.root);
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
