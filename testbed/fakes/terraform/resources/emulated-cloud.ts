import { isDeepStrictEqual } from 'node:util';
import { isObject, type Value } from '../values';
import { ACCESS } from './access';
import { Answer, ApiError, type AwsApi } from './api';
import { Attributes } from './attributes';
import { DATA_SOURCES } from './data-sources';
import type { ApiCall, ResourceEntry, Told } from './entry';
import { EDGE } from './edge';
import { NETWORK } from './network';
import { OBSERVATION } from './observation';
import { QUERYING } from './querying';
import { SERVING } from './serving';
import { STORAGE } from './storage';

/** Every resource type that the stacks emit. */
export const RESOURCES: Readonly<Record<string, ResourceEntry>> = {
  ...NETWORK,
  ...ACCESS,
  ...STORAGE,
  ...OBSERVATION,
  ...QUERYING,
  ...SERVING,
  ...EDGE,
};

/** Resource types by who answers for them. */
export function coverage(types: readonly string[]): Record<'called' | 'faked' | 'neither', string[]> {
  const by = (who: ResourceEntry['by']) => types.filter((type) => entryOf(type).by === who).sort();
  return { called: by(undefined), faked: by('stand-in'), neither: by('nobody') };
}

/** A resource that was made and could not be finished: it is there, and terraform must know. */
export class PartlyMade extends Error {
  constructor(
    readonly told: Readonly<Record<string, Value>>,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'PartlyMade';
  }
}

type Known = Readonly<Record<string, Value>>;
const known = (told: Told): Known =>
  Object.fromEntries(
    Object.entries(told).filter((entry): entry is [string, Value] => entry[1] !== undefined && !Number.isNaN(entry[1])),
  );

/**
 * Does what the provider of AWS does with a resource: asks the API of an emulated account to make, read, change or remove
 * it. Tags are not sent.
 */
export class EmulatedCloud {
  constructor(readonly api: AwsApi) {}

  /**
   * Makes, changes or removes a resource.
   * @param before null where it is made, `after` null where it is removed
   * @returns what AWS decided about it
   * @throws PartlyMade; ApiError
   */
  async change(type: string, before: Value, after: Value): Promise<Known> {
    const entry = entryOf(type);
    if (isObject(after)) {
      return isObject(before)
        ? this.#update(entry, new Attributes({ ...before, ...after }))
        : this.#create(entry, new Attributes(after));
    }
    if (isObject(before)) await this.#destroy(entry, new Attributes(before));
    return {};
  }

  /** @returns the resource as it is now; null where it is gone */
  async read(type: string, state: Value): Promise<Value> {
    if (!isObject(state)) return state;
    const entry = entryOf(type);
    const of = new Attributes(state);
    try {
      const told = entry.found(await this.#ask(entry, entry.read, of), of, this.api);
      if (told === undefined) return null;
      // What nobody set has the provider's default, which is not known here.
      const looked = Object.entries(known(told)).filter(([name]) => (state[name] ?? null) !== null);
      const changed = looked.filter(([name, value]) => !isSame(state[name] ?? null, value));
      return { ...state, ...Object.fromEntries(changed) };
    } catch (error) {
      if (error instanceof ApiError && error.isAbsence) return null;
      throw error;
    }
  }

  /** What a data source answers. */
  async readData(type: string, config: Value): Promise<Known> {
    const source = DATA_SOURCES[type];
    if (source === undefined) throw new Error(`testbed/fakes/terraform/resources has no entry for data.${type}`);
    return isObject(config) ? known(await source(this.api, new Attributes(config))) : {};
  }

  async #create(entry: ResourceEntry, attributes: Attributes): Promise<Known> {
    let told: Known | undefined;
    const made = entry.made ?? (() => ({}));
    const calls = [...entry.create, ...(entry.settings ?? [])];
    try {
      for (const one of calls) {
        const answer = await this.#ask(entry, one, attributes.with(told ?? {}));
        told ??= known(made(answer, attributes, this.api));
      }
      return told ?? known(made(new Answer({}), attributes, this.api));
    } catch (error) {
      throw told === undefined ? error : new PartlyMade(told, error);
    }
  }

  async #update(entry: ResourceEntry, attributes: Attributes): Promise<Known> {
    for (const one of [...(entry.update ?? []), ...(entry.settings ?? [])]) await this.#ask(entry, one, attributes);
    return {};
  }

  async #destroy(entry: ResourceEntry, attributes: Attributes): Promise<void> {
    const held = (await entry.empty?.(attributes, this.api)) ?? [];
    for (const one of [...held, ...(entry.destroy ?? [])]) {
      try {
        await this.#ask(entry, one, attributes);
      } catch (error) {
        // What others have removed is removed.
        if (!(error instanceof ApiError && error.isAbsence)) throw error;
      }
    }
  }

  async #ask(entry: ResourceEntry, { action, body, service }: ApiCall, of: Attributes): Promise<Answer> {
    const said = body(of, this.api);
    if (said === undefined) return new Answer({});
    return this.api.ask(service ?? entry.service, typeof action === 'string' ? action : action(of), said);
  }
}

function entryOf(type: string): ResourceEntry {
  const entry = RESOURCES[type];
  if (entry === undefined) throw new Error(`testbed/fakes/terraform/resources has no entry for ${type}`);
  return entry;
}

/** Documents are the same whatever the order of their keys. */
function isSame(state: Value, now: Value): boolean {
  if (isDeepStrictEqual(state, now)) return true;
  if (typeof state !== 'string' || typeof now !== 'string' || !/^\s*[{[]/.test(state)) return false;
  try {
    return isDeepStrictEqual(JSON.parse(state), JSON.parse(now));
  } catch {
    return false;
  }
}
