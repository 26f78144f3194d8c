import { callerIdentity, checkAccount } from '../aws/identity';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { ENVIRONMENT } from '../cli/flags';
import { OpsError } from '../cli/ops-error';
import { type Report, reportOf } from '../cli/report';
import { holderOf, readLock, removeLock, unlockCommand } from './held-lock';

const STACKS = ['state', 'foundation', 'service'];

export const unlock: Command = {
  details: `Removes the lock that a killed run has left on a stack's state. It wants the lock's ID, which whoever waits for it is
told with the whole command, and removes no other. A run that still works loses its protection: look first.`,
  positionals: [ENVIRONMENT],
  flags: {
    stack: { type: 'string', value: 'NAME', description: STACKS.join(', ') },
    id: { type: 'string', value: 'ID', description: "the lock's ID" },
  },
  run: removeLeftLock,
};

async function removeLeftLock(context: Context): Promise<Report> {
  const { settings, flags, environment, region } = context;
  const [stack = '', id = ''] = [flags.text('stack'), flags.text('id')];
  if (!STACKS.includes(stack)) throw new OpsError('usage', `--stack must be one of ${STACKS.join(', ')}.`);
  if (id === '') throw new OpsError('usage', '--id must be the ID of the lock, which whoever waits for it is told.');
  checkAccount(await callerIdentity(context.aws()), settings);
  const lock = await readLock(context, stack);
  const subject = `${environment}-${stack}`;
  if (lock === undefined) return reportOf('State', { status: 'ok', subject, text: 'nobody holds its lock' });
  const holder = holderOf(lock, Date.now());
  if (lock.id !== id) {
    throw new OpsError(
      'refused',
      `the lock of ${subject} is another one, held by ${holder}`,
      `Where that run was killed, too: ${unlockCommand(environment, region, stack, lock.id)}`,
    );
  }
  await removeLock(context, stack, lock);
  return reportOf('State', { status: 'changed', subject, text: `is free again; its lock was held by ${holder}` });
}
