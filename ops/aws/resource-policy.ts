import { z } from 'zod';
import { parseJson } from '../cli/json';

const oneOrMany = z
  .union([z.string(), z.array(z.string())])
  .transform((value): string[] => (typeof value === 'string' ? [value] : value));
const policySchema = z.looseObject({
  Statement: z.preprocess(
    (value): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]),
    z.array(
      z.looseObject({
        Sid: z.string().optional(),
        Effect: z.enum(['Allow', 'Deny']),
        Principal: z.union([z.literal('*'), z.record(z.string(), oneOrMany)]).optional(),
        Action: oneOrMany.optional(),
        Condition: z.record(z.string(), z.record(z.string(), oneOrMany)).optional(),
      }),
    ),
  ),
});
type Statement = z.infer<typeof policySchema>['Statement'][number];

/** Who asks for what, over TLS. */
export interface Asker {
  /** Of the role itself, also where a session of it asks. */
  readonly principalArn: string;
  readonly action: string;
}

/** Whether a resource's own policy denies it. `unclear`: it has a condition that is not understood here. */
export type Verdict = { readonly kind: 'not-denied' } | { readonly kind: 'denied' | 'unclear'; readonly sid: string };

/**
 * Looks for a deny in a resource's policy: IAM's simulation leaves these policies out for roles. Only what the policies
 * of this project use is understood; anything else is `unclear`, never passed over.
 */
export function findDeny(policyJson: string, asker: Asker): Verdict {
  const parsed = policySchema.safeParse(parseJson(policyJson));
  if (!parsed.success) return { kind: 'unclear', sid: 'the policy as a whole' };
  let verdict: Verdict = { kind: 'not-denied' };
  for (const statement of parsed.data.Statement) {
    if (statement.Effect !== 'Deny' || !concerns(statement, asker)) continue;
    const holds = conditionsHold(statement, asker);
    const sid = statement.Sid ?? 'a statement without a Sid';
    if (holds === true) return { kind: 'denied', sid };
    if (holds === undefined) verdict = { kind: 'unclear', sid };
  }
  return verdict;
}

function concerns({ Principal: principal, Action: actions }: Statement, asker: Asker): boolean {
  const matchesAction = actions?.some((pattern) => isLike(asker.action, pattern)) ?? true;
  if (principal === undefined || principal === '*') return matchesAction;
  const named = Object.values(principal).flat();
  return matchesAction && named.some((one) => one === '*' || one === asker.principalArn);
}

/** Undefined when it cannot be told. All conditions of a statement must hold. */
function conditionsHold({ Condition: conditions = {} }: Statement, asker: Asker): boolean | undefined {
  const results = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => conditionHolds(operator, key.toLowerCase(), values, asker)),
  );
  if (results.includes(false)) return false;
  return results.includes(undefined) ? undefined : true;
}

function conditionHolds(operator: string, key: string, values: readonly string[], asker: Asker): boolean | undefined {
  if (key === 'aws:securetransport' && operator === 'Bool') return values.includes('true');
  if (key !== 'aws:principalarn') return undefined;
  const isOneOf = values.some((pattern) => isLike(asker.principalArn, pattern));
  if (/^(Arn|String)(Equals|Like)$/.test(operator)) return isOneOf;
  return /^(Arn|String)Not(Equals|Like)$/.test(operator) ? !isOneOf : undefined;
}

function isLike(text: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(text);
}
