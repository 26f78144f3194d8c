import { CONTAINER_RULES } from './container-rules';
import { ReadDocument, type Rule, type RuleContext, type TerraformDocument } from './document';
import { ENCRYPTION_RULES } from './encryption-rules';
import { IAM_RULES } from './iam-rules';
import { NETWORK_RULES } from './network-rules';
import { PHONE_RULES } from './phone-rules';
import { QUERY_RULES } from './query-rules';
import { RECORD_RULES } from './record-rules';
import { SECRET_RULES } from './secret-rules';
import { SERVICE_RULES } from './service-rules';

/** All rules of the guardrails. */
export const RULES: readonly Rule[] = [
  ...NETWORK_RULES,
  ...IAM_RULES,
  ...ENCRYPTION_RULES,
  ...CONTAINER_RULES,
  ...SERVICE_RULES,
  ...PHONE_RULES,
  ...RECORD_RULES,
  ...QUERY_RULES,
  ...SECRET_RULES,
];

/** Everything that is wrong with a stack, one line each: what, which rule, which control. */
export function violations(document: TerraformDocument, context: RuleContext): string[] {
  const read = new ReadDocument(document);
  return RULES.flatMap((rule) =>
    rule.check(read, context).map(({ address, problem }) => `${address} ${problem} [${rule.id}: ${rule.controls}]`),
  );
}
