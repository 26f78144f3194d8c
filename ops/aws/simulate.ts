import { type ContextEntry, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { Aws } from './aws';
import { missingStatement } from './explain';

/** What a role would be doing. */
export interface Attempt {
  readonly roleArn: string;
  readonly action: string;
  readonly resource: string;
  /** Facts that conditions look at. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** What IAM's simulator says of a role's own policies. */
export type Simulated =
  { readonly kind: 'allowed' } | { readonly kind: 'denied'; readonly isExplicit: boolean; readonly missing: string };

/**
 * Asks IAM whether the policies of a role allow something. Policies of the resource are not part of it.
 * @throws OpsError `access_denied` when the caller may not ask, `not_found` when there is no such role
 */
export async function simulate(aws: Aws, { roleArn, action, resource, facts = {} }: Attempt): Promise<Simulated> {
  const context: ContextEntry[] = Object.entries(facts).map(([key, value]) => ({
    ContextKeyName: key,
    ContextKeyType: 'string',
    ContextKeyValues: [value],
  }));
  const command = new SimulatePrincipalPolicyCommand({
    PolicySourceArn: roleArn,
    ActionNames: [action],
    ResourceArns: [resource],
    ContextEntries: context,
  });
  const roleName = roleArn.split('/').at(-1) ?? roleArn;
  const asked = { action: 'iam:SimulatePrincipalPolicy', resource: roleArn, what: `the role ${roleName}` };
  const { EvaluationResults: results } = await aws.read(asked, (options) => aws.iam.send(command, options));
  const decision = results?.[0]?.EvalDecision;
  if (decision === 'allowed') return { kind: 'allowed' };
  return {
    kind: 'denied',
    isExplicit: decision === 'explicitDeny',
    missing: missingStatement({ action, resource }),
  };
}
