import { OpsError } from '../cli/ops-error';

const EXPIRED = /ExpiredToken|security token included in the request is expired|token (?:has|is) expired|SSO session/i;
const LOCKED = /Error acquiring the state lock/;

/** A line of the lock's description, as terraform prints it: `  Who:       me@laptop`. */
const lockLine = (output: string, name: string): string | undefined =>
  new RegExp(`^[│\\s]*${name}:\\s+(\\S.*?)\\s*$`, 'm').exec(output)?.[1];

/**
 * What terraform's failures mean that have nothing to do with what it was to do; undefined for any other one.
 * @param folder where it ran
 */
export function explainTerraform(output: string, folder: string): OpsError | undefined {
  if (EXPIRED.test(output)) {
    return new OpsError(
      'credentials_expired',
      'your AWS credentials have expired while terraform was at work; what it had done by then is kept',
      'Log in again (aws sso login, or however you got them), then run the same command.',
    );
  }
  if (!LOCKED.test(output)) return undefined;
  const [id, who, created] = ['ID', 'Who', 'Created'].map((name) => lockLine(output, name));
  const holder = who === undefined ? 'somebody' : `${who}${created === undefined ? '' : `, since ${created}`}`;
  return new OpsError(
    'state_locked',
    `the state is locked by ${holder}`,
    `Wait for that run to end. Where it was killed, and nothing of it runs any more: terraform -chdir=${folder} force-unlock ${id ?? 'ID'}`,
  );
}
