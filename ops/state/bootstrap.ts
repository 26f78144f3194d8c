import { callerIdentity, checkAccount } from '../aws/identity';
import type { Command } from '../cli/command';
import { confirm } from '../cli/confirm';
import type { Context } from '../cli/context';
import { ENVIRONMENT } from '../cli/flags';
import { type Report, reportOf } from '../cli/report';
import { StateBucket } from './state-bucket';

export const bootstrap: Command = {
  details: `A backend cannot make its own bucket, so the first apply keeps its state in a file; the file lives in
.state-bootstrap/<environment> (STATE_BOOTSTRAP_FOLDER) until it has arrived in the bucket. Stopped and run again it goes
on where it stopped; run on a finished bootstrap it changes nothing.`,
  positionals: [ENVIRONMENT],
  flags: { yes: { type: 'boolean', description: 'apply without asking' } },
  run: makeStateBucket,
};

async function makeStateBucket(context: Context): Promise<Report> {
  const { settings, environment, flags, io } = context;
  checkAccount(await callerIdentity(context.aws()), settings);
  const bucket = new StateBucket(context);
  const approve = (page: string): Promise<boolean> =>
    flags.isSet('yes') ? Promise.resolve(true) : confirm(`${page}\nApply this plan?`, io.signal);
  const isNew = (await bucket.look()) !== 'there';
  if (isNew) await bucket.make(approve);
  else await bucket.update(await bucket.planUpdate(), approve);
  const text = isNew ? `holds the state of ${environment}, its own included` : 'was there already';
  return {
    ...reportOf('State', { status: isNew ? 'changed' : 'ok', subject: bucket.name, text }),
    footer: `Next: npm run ops -- deploy --environment ${environment}`,
  };
}
