import type { Context } from './context';
import { PROGRAM } from './help';

const PLAIN = /^[\w./:@=,+-]+$/;

/** A word of a command line, in quotes where a shell would take it apart. */
const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** A command of ours for the environment, complete: what it does in another shell is the same. */
export function commandFor(name: string, environment: string, region: string | undefined): string {
  return `${PROGRAM} ${name} --environment ${environment}${region === undefined ? '' : ` --region ${region}`}`;
}

/** The command that is running, with these of its options as they were given: the one to go on with. */
export function commandAgain(
  { environment, flags }: Pick<Context, 'environment' | 'flags'>,
  name: string,
  region: string | undefined,
  options: readonly string[],
): string {
  const given = options.flatMap((option) => {
    const value = flags.text(option);
    if (value !== undefined) return [`--${option}`, quoted(value)];
    return flags.isSet(option) ? [`--${option}`] : [];
  });
  return [commandFor(name, environment, region), ...given].join(' ');
}
