import { isObject, type Value } from '../values';
import type { Body } from './body';

/** As AWS writes what Terraform writes: `rate_based_statement` is `RateBasedStatement`, and a block of one no list. */
export function pascal(value: Value | undefined): Body {
  if (Array.isArray(value)) {
    const [first] = value;
    return value.length === 1 && isObject(first) ? pascal(first) : value.map(pascal);
  }
  if (!isObject(value)) return typeof value === 'object' || typeof value === 'symbol' ? undefined : value;
  const said = Object.entries(value).filter(([, one]) => one !== null && !(Array.isArray(one) && one.length === 0));
  return Object.fromEntries(
    said.map(([name, one]) => [
      name.replaceAll(/(?:^|_)([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase()),
      pascal(one),
    ]),
  );
}
