import { Interrupted, OpsError } from '../cli/ops-error';

/** Whatever has to be mended first, then the same command is what follows. @param again that command, complete */
export function withCommand(error: unknown, again: string): unknown {
  if (!(error instanceof OpsError) || error.code === 'usage') return error;
  const { code, message, fix, cause } = error;
  const said = message.replace(/\.$/, '');
  const isSaid = /\bNothing was (?:done|made|changed)$/.test(said);
  const text = `${said}.${isSaid ? '' : ' Nothing was done.'}`;
  if (error instanceof Interrupted) return new Interrupted(text, `Go on: ${again}`);
  // What says how else to run it has named it already.
  const [name = ''] = again.split(' --environment ');
  if (fix.includes(name)) return new OpsError(code, text, fix, cause);
  return new OpsError(code, text, fix === '' ? `Go on: ${again}` : `${fix}\nThen: ${again}`, cause);
}

/** Runs what comes before anything is done. @throws what it throws, with the command that follows */
export async function orSayAgain<T>(again: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw withCommand(error, again);
  }
}
