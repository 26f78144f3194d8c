import { OpsError } from '../cli/ops-error';
import { holderOf } from '../state/held-lock';

const EXPIRED = /ExpiredToken|security token included in the request is expired|token (?:has|is) expired|SSO session/i;
const LOCKED = /Error acquiring the state lock/;
/** What AWS's services say of a name that is taken. */
const IS_THERE = /already exists|AlreadyExists|ResourceExists|BucketAlreadyOwnedByYou/;

/** A line of the lock's description, as terraform prints it: `  Who:       me@laptop`. */
const lockLine = (output: string, name: string): string | undefined =>
  new RegExp(`^[│\\s]*${name}:\\s+(\\S.*?)\\s*$`, 'm').exec(output)?.[1];

/** What a failure is told with. */
export interface Where {
  /** The folder in which terraform ran. */
  readonly folder: string;
  /** The whole command that removes a lock. */
  readonly unlock: (id: string) => string;
  readonly nowMs: number;
}

/** What terraform's failures mean that have nothing to do with what it was to do; undefined for any other one. */
export function explainTerraform(output: string, where: Where): OpsError | undefined {
  if (EXPIRED.test(output)) {
    return new OpsError(
      'credentials_expired',
      'your AWS credentials have expired while terraform was at work; what it had done by then is kept',
      'Log in again (aws sso login, or however you got them), then run the same command.',
    );
  }
  return LOCKED.test(output) ? explainLock(output, where) : explainTaken(output, where);
}

function explainLock(output: string, { unlock, nowMs }: Where): OpsError {
  const [id, who, created, operation = ''] = ['ID', 'Who', 'Created', 'Operation'].map((name) =>
    lockLine(output, name),
  );
  const holder = who === undefined || created === undefined ? 'somebody' : holderOf({ who, created, operation }, nowMs);
  return new OpsError(
    'state_locked',
    `the state is locked by ${holder}`,
    `Wait for that run to end. Where it was killed, and nothing of it runs any more: ${unlock(id ?? 'ID')}`,
  );
}

/** A resource that is there and not in the state was made by a run that was killed before it could note it. */
function explainTaken(output: string, { folder }: Where): OpsError | undefined {
  const taken = output.split(/^(?=.{0,2}\s*Error: )/m).flatMap((said) => {
    const address = /^[│\s]*with (aws_[\w.-]+),/m.exec(said)?.[1];
    if (address === undefined || !IS_THERE.test(said)) return [];
    return [{ address, id: /Error: creating [^(\n]*\(([^)\n]+)\)/.exec(said)?.[1] ?? 'ID' }];
  });
  if (taken.length === 0) return undefined;
  const names = taken.map(({ address }) => address).join(', ');
  const commands = taken.map(({ address, id }) => `  terraform -chdir=${folder} import ${address} ${id}`);
  return new OpsError(
    'release_failed',
    `${names}: there already, and not in the state. A run that was killed has made it, or somebody else has`,
    `Where it is this environment's own, take it into the state (what an ID is, the provider's page of its type says under "Import"):\n${commands.join('\n')}`,
  );
}
