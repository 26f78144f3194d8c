import { isObject, type Value } from '../values';

/** A resource's attributes as its API calls need them: what is null, empty or unknown is not said. */
export class Attributes {
  constructor(readonly value: Readonly<Record<string, Value>>) {}

  with(more: Readonly<Record<string, Value>>): Attributes {
    return new Attributes({ ...this.value, ...more });
  }

  text(name: string): string | undefined {
    const value = this.value[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** An attribute that must be there. @throws Error that names it */
  must(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new Error(`"${name}" is not known`);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.value[name];
    return typeof value === 'number' ? value : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.value[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  /** Undefined where there are none: an empty list is not said to AWS. */
  texts(name: string): string[] | undefined {
    const value = this.value[name];
    const texts = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
    return texts.length > 0 ? texts : undefined;
  }

  /** The nested blocks of a name, whether it may be there once or often. */
  blocks(name: string): Attributes[] {
    const value = this.value[name];
    const blocks: readonly Value[] = Array.isArray(value) ? value : [value ?? null];
    return blocks.flatMap((one) => (isObject(one) ? [new Attributes(one)] : []));
  }

  block(name: string): Attributes | undefined {
    return this.blocks(name)[0];
  }

  texted(name: string): Record<string, string> | undefined {
    const value = this.value[name];
    return isObject(value)
      ? Object.fromEntries(
          Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
        )
      : undefined;
  }
}
