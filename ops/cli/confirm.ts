import { createInterface } from 'node:readline/promises';
import { Interrupted } from './ops-error';

/**
 * Asks the operator, on standard error; only "yes" is yes, and an input that has ended is no.
 * @throws Interrupted
 */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  // Not in terminal mode, in which Ctrl-C would be a key and no signal.
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    return (await Promise.race([terminal.question(`${question} Only "yes" is yes: `, { signal }), ended])) === 'yes';
  } catch (error) {
    if (signal.aborted) throw new Interrupted('Nothing was answered, and nothing applied.');
    throw error;
  } finally {
    terminal.close();
  }
}
