import { GetRoleCommand } from '@aws-sdk/client-iam';
import { OpsError } from '../cli/ops-error';
import type { Aws } from './aws';
import type { Identity } from './identity';

/**
 * The ARN by which policies name whoever asks: a user's own, or that of the role behind a session, whose ARN lacks the
 * role's path. Undefined where there is none to be named, or the role may not be looked at.
 * @throws Interrupted
 */
export async function principalArn(aws: Aws, { arn }: Identity): Promise<string | undefined> {
  if (/^arn:[\w-]+:iam::\d{12}:user\/.+/.test(arn)) return arn;
  const role = /^arn:[\w-]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  if (role === undefined) return undefined;
  const asked = { action: 'iam:GetRole', resource: '*', what: `the role ${role}` };
  try {
    const found = await aws.read(asked, (options) => aws.iam.send(new GetRoleCommand({ RoleName: role }), options));
    return found.Role?.Arn;
  } catch (error) {
    if (error instanceof OpsError && ['access_denied', 'not_found'].includes(error.code)) return undefined;
    throw error;
  }
}
