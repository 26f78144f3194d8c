import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { AwsStack } from '../aws-stack';
import { policyJson, type Statement } from '../policies';

export interface RoleProps {
  readonly name: string;
  readonly description: string;
  /** The trust policy as JSON. */
  readonly trust: string;
  readonly statements: readonly Statement[];
  readonly maxSessionSeconds?: number;
}

/** A role with one inline policy. */
export function role(stack: AwsStack, id: string, props: RoleProps): IamRole {
  const { iam } = stack.settings;
  const made = new IamRole(stack, id, {
    name: props.name,
    description: props.description,
    assumeRolePolicy: props.trust,
    ...(iam.rolePath === '/' ? {} : { path: iam.rolePath }),
    ...(iam.permissionsBoundaryArn === undefined ? {} : { permissionsBoundary: iam.permissionsBoundaryArn }),
    ...(props.maxSessionSeconds === undefined ? {} : { maxSessionDuration: props.maxSessionSeconds }),
  });
  new IamRolePolicy(stack, `${id}-policy`, {
    name: props.name,
    role: made.id,
    policy: policyJson(props.statements),
  });
  return made;
}
