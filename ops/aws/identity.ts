import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { OpsError } from '../cli/ops-error';
import type { Settings } from '../../stacks/settings';
import type { Aws } from './aws';

/** Who the caller is to AWS. */
export interface Identity {
  readonly accountId: string;
  readonly arn: string;
}

/** @throws OpsError */
export async function callerIdentity(aws: Aws): Promise<Identity> {
  const asked = { action: 'sts:GetCallerIdentity', resource: '*', what: 'who you are' };
  const { Account: accountId = '', Arn: arn = '' } = await aws.read(asked, (options) =>
    aws.sts.send(new GetCallerIdentityCommand({}), options),
  );
  return { accountId, arn };
}

/** @throws OpsError `wrong_account` when the settings are for another account than the caller's */
export function checkAccount({ accountId }: Identity, settings: Settings): void {
  if (accountId === settings.accountId) return;
  throw new OpsError(
    'wrong_account',
    `your credentials are for account ${accountId}, and environments/${settings.environment}.json is for ${settings.accountId}`,
    `Use other credentials (AWS_PROFILE), or set accountId there (or DEPLOY_ACCOUNT_ID=${accountId}).`,
  );
}
