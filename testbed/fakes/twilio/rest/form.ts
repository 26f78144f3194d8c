import { RuleBroken } from '../errors';
import { parseTwiml } from '../twiml/parse';
import type { Action } from '../twiml/verbs';
import { invalid } from './rest-error';

/** Twilio's code for a parameter that is not as documented. */
export const INVALID_PARAMETER = 20001;

/** The parameters of a request, each of which must be known. */
export class Form {
  readonly #values: URLSearchParams;

  /** @throws RestError for a parameter that is not known, or that comes more than once and may not */
  constructor(values: URLSearchParams, known: readonly string[], repeatable: readonly string[] = []) {
    this.#values = values;
    for (const name of new Set(values.keys())) {
      if (!known.includes(name) && !repeatable.includes(name))
        throw invalid(INVALID_PARAMETER, `${name} is not known here`);
      if (!repeatable.includes(name) && values.getAll(name).length > 1)
        throw invalid(INVALID_PARAMETER, `${name} is there twice`);
    }
  }

  text(name: string): string | undefined {
    return this.#values.get(name) ?? undefined;
  }

  all(name: string): readonly string[] {
    return this.#values.getAll(name);
  }

  flag(name: string, otherwise = false): boolean {
    return this.oneOf(name, ['true', 'false'], otherwise ? 'true' : 'false') === 'true';
  }

  oneOf<T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const value = this.text(name) ?? otherwise;
    const known = values.find((one) => one === value);
    if (known === undefined) throw invalid(INVALID_PARAMETER, `${name} is none of ${values.join(', ')}`);
    return known;
  }

  integer(name: string, otherwise: number, to: number): number {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    if (!/^\d+$/.test(value) || Number(value) > to)
      throw invalid(INVALID_PARAMETER, `${name} is no whole number up to ${to}`);
    return Number(value);
  }

  /** @throws RestError 21205 for what is no address */
  action(name: string, methodName: string): Action | undefined {
    const url = this.text(name);
    const method = this.oneOf(methodName, ['POST', 'GET'], 'POST');
    if (url === undefined || url === '') return undefined;
    if (!URL.canParse(url) || !/^https?:/.test(url)) throw invalid(21205, `${name} is not a valid URL`);
    return { url, method };
  }

  /** An inline document, which is read at once. @throws RestError */
  twiml(name: string): string | undefined {
    const twiml = this.text(name);
    if (twiml === undefined) return undefined;
    try {
      parseTwiml(twiml, { base: undefined, isSip: false });
    } catch (error) {
      if (error instanceof RuleBroken) throw invalid(INVALID_PARAMETER, `${name}: ${error.message}`);
      throw error;
    }
    return twiml;
  }
}
