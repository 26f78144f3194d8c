import { PROGRAM } from './help';

/** What a command that is suggested must say to do the same in another shell. */
export interface Aim {
  readonly environment: string;
  /** Where it was given. */
  readonly region: string | undefined;
}

/** What a command goes by that names no environment. */
const DEFAULT_ENVIRONMENT = 'test';

/**
 * Completes every suggested command of ours in a text by the environment and the region that this one was given, which
 * one typed without them would not go by.
 * @param names the commands there are
 */
export function completeCommands(text: string, names: readonly string[], { environment, region }: Aim): string {
  const options = [
    ...(environment === DEFAULT_ENVIRONMENT ? [] : [['--environment', environment] as const]),
    ...(region === undefined ? [] : [['--region', region] as const]),
  ];
  if (options.length === 0) return text;
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  return text
    .split(`${PROGRAM} `)
    .map((part, index) => {
      const name = index === 0 ? undefined : longestFirst.find((one) => part.startsWith(one));
      if (name === undefined) return part;
      const line = part.split('\n', 1)[0] ?? '';
      // Help is the same everywhere.
      if (line.startsWith(`${name} --help`)) return part;
      const missing = options
        .filter(([option]) => !line.includes(option))
        .map(([option, value]) => ` ${option} ${value}`);
      return `${name}${missing.join('')}${part.slice(name.length)}`;
    })
    .join(`${PROGRAM} `);
}
