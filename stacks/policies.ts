/**
 * IAM policies as data. They are rendered with JSON.stringify: CDKTF's `Fn.jsonencode` passes quotes and backslashes
 * in strings through unescaped, and policy checkers read literal JSON only.
 */
export interface Statement {
  readonly sid: string;
  readonly effect?: 'Allow' | 'Deny';
  readonly principals?: Readonly<Record<string, string | readonly string[]>> | '*';
  readonly actions: readonly string[];
  readonly resources?: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** IAM stores a list of one as the value itself, which a plan would show as a change. */
export const oneOrMany = (values: readonly string[]): string | readonly string[] =>
  values.length === 1 ? (values[0] ?? '') : values;

/** A policy document as JSON. Terraform interpolates `${`, so IAM's policy variables cannot be used. */
export function policyJson(statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(({ sid, effect = 'Allow', principals, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: effect,
      ...(principals === undefined ? {} : { Principal: principals }),
      Action: oneOrMany(actions),
      ...(resources === undefined ? {} : { Resource: oneOrMany(resources) }),
      ...(conditions === undefined ? {} : { Condition: conditions }),
    })),
  });
}

/**
 * Lets an AWS service assume a role, on behalf of this account's own resources only (the "confused deputy").
 * @param sourceArns patterns of the resources on whose behalf the service acts
 */
export function serviceTrust(service: string, accountId: string, sourceArns: readonly string[]): string {
  return policyJson([
    {
      sid: 'AssumedForThisAccountOnly',
      principals: { Service: service },
      actions: ['sts:AssumeRole'],
      conditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: { 'aws:SourceArn': oneOrMany(sourceArns) },
      },
    },
  ]);
}

/** Denies every request that does not use TLS. */
export function denyPlainTransport(actions: readonly string[], resources: readonly string[]): Statement {
  return {
    sid: 'DenyPlainTransport',
    effect: 'Deny',
    principals: '*',
    actions,
    resources,
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
