import { RuleBroken } from '../errors';
import type { XmlElement } from './xml';

/** The attributes of one element, each read once: what is left in the end is not in the schema. */
export class Attributes {
  readonly #element: XmlElement;
  readonly #left: Set<string>;

  constructor(element: XmlElement) {
    this.#element = element;
    this.#left = new Set(element.attributes.keys());
  }

  text(name: string): string | undefined {
    this.#left.delete(name);
    return this.#element.attributes.get(name);
  }

  /** @throws RuleBroken 12200 when it is not there, or empty */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw this.#wrong(name, 'is missing');
    return value;
  }

  oneOf<T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const value = this.text(name) ?? otherwise;
    const known = values.find((one) => one === value);
    if (known === undefined) throw this.#wrong(name, `is none of ${values.join(', ')}`);
    return known;
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.oneOf(name, ['true', 'false'], otherwise ? 'true' : 'false') === 'true';
  }

  integer(name: string, { from, to, otherwise }: { from: number; to: number; otherwise: number }): number {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < from || number > to)
      throw this.#wrong(name, `is no whole number from ${from} to ${to}`);
    return number;
  }

  words(name: string, known: readonly string[]): readonly string[] {
    const words =
      this.text(name)
        ?.split(' ')
        .filter((word) => word !== '') ?? [];
    const unknown = words.find((word) => !known.includes(word));
    if (unknown !== undefined) throw this.#wrong(name, `has ${unknown}, which is none of ${known.join(', ')}`);
    return words;
  }

  /** @throws RuleBroken 12200 when there are attributes that nobody asked for */
  end(): void {
    const [unknown] = this.#left;
    if (unknown !== undefined) throw this.#wrong(unknown, 'is not known');
  }

  #wrong(name: string, rule: string): RuleBroken {
    return new RuleBroken(12200, `<${this.#element.name} ${name}> ${rule}`);
  }
}
