/** A rule of Checkov that is not followed, in every environment or in trials only, and why. docs/security.md lists them. */
export interface Exception {
  readonly rule: string;
  readonly where: 'everywhere' | 'trials';
  readonly why: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: 'CKV_AWS_18',
    where: 'everywhere',
    why: 'Records of calls are logged; what AWS services and Terraform alone write is not, and the trail records changes.',
  },
  {
    rule: 'CKV_AWS_21',
    where: 'everywhere',
    why: 'The bucket of records has no versions, so that a deleted record is gone; our own rule asks all others for them.',
  },
  {
    rule: 'CKV_AWS_67',
    where: 'everywhere',
    why: 'The trail is there so that events of this region reach EventBridge.',
  },
  {
    rule: 'CKV_AWS_144',
    where: 'everywhere',
    why: 'Versions are kept; a state or log in another region would serve nothing.',
  },
  { rule: 'CKV_AWS_145', where: 'everywhere', why: 'Load balancers cannot write access logs under a KMS key.' },
  { rule: 'CKV_AWS_252', where: 'everywhere', why: 'EventBridge tells of what matters in the trail, within minutes.' },
  {
    rule: 'CKV_AWS_260',
    where: 'everywhere',
    why: 'With a domain port 80 only redirects; without one it must be allowed by a setting.',
  },
  { rule: 'CKV_AWS_284', where: 'everywhere', why: 'State machines of one step have nothing to trace.' },
  {
    rule: 'CKV_AWS_285',
    where: 'everywhere',
    why: 'Failures are logged; the rule wants the events themselves, which say who read what.',
  },
  {
    rule: 'CKV_AWS_355',
    where: 'everywhere',
    why: 'Reads, and actions that know no resource; stacks/rules/iam-rules.ts names each.',
  },
  {
    rule: 'CKV_AWS_378',
    where: 'everywhere',
    why: 'HTTP between load balancer and tasks, inside the VPC, by security group.',
  },
  {
    rule: 'CKV2_AWS_5',
    where: 'everywhere',
    why: 'The groups are used by the service stack, which Checkov does not see beside them.',
  },
  {
    rule: 'CKV2_AWS_10',
    where: 'everywhere',
    why: 'EventBridge reads the trail; a copy in CloudWatch Logs would be read by nobody.',
  },
  {
    rule: 'CKV2_AWS_57',
    where: 'everywhere',
    why: 'AWS cannot rotate keys of other vendors; a changed one restarts the service.',
  },
  { rule: 'CKV2_AWS_62', where: 'everywhere', why: 'No bucket holds anything that somebody waits for.' },
  {
    rule: 'CKV2_AWS_76',
    where: 'everywhere',
    why: 'The firewall, with the rules asked for, is in the foundation, out of Checkov’s sight.',
  },
  { rule: 'CKV_AWS_2', where: 'trials', why: 'Plain HTTP without a domain, which a setting must allow.' },
  { rule: 'CKV_AWS_103', where: 'trials', why: 'Plain HTTP without a domain, which a setting must allow.' },
  { rule: 'CKV2_AWS_20', where: 'trials', why: 'Plain HTTP without a domain, which a setting must allow.' },
  { rule: 'CKV_AWS_150', where: 'trials', why: 'A trial can be destroyed; a protected environment cannot.' },
  { rule: 'CKV_AWS_338', where: 'trials', why: 'A trial keeps its logs for a month.' },
];

/** The rules that Checkov is told to leave out. */
export const exceptRules = (isProtected: boolean): string[] =>
  EXCEPTIONS.filter(({ where }) => where === 'everywhere' || !isProtected).map(({ rule }) => rule);
