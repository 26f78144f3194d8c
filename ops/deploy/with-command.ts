import { OpsError } from '../cli/ops-error';

/** Whatever has to be mended first, then the same command is what follows. @param again that command, complete */
export function withCommand(error: unknown, again: string): unknown {
  if (!(error instanceof OpsError) || error.code === 'usage') return error;
  const { code, message, fix, cause } = error;
  const said = message.replace(/\.$/, '');
  const isSaid = /\bNothing was (?:done|made)$/.test(said);
  return new OpsError(code, `${said}.${isSaid ? '' : ' Nothing was done.'}`, `${fix}\nThen: ${again}`.trim(), cause);
}
