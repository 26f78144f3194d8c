import { ALL_VARIABLES } from '../../contract/variables';

const NOT_SECRET: ReadonlySet<string> = new Set(ALL_VARIABLES.filter(({ secret }) => !secret).map(({ name }) => name));

/** Whether a key's value must not be shown: all but those that the bot's own table calls public. */
export function isSecretKey(key: string): boolean {
  return !NOT_SECRET.has(key);
}
