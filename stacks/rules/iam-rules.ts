import { MODEL_ACTIONS } from '../../contract/models';
import {
  asList,
  type Attributes,
  blocks,
  each,
  isObject,
  json,
  type Json,
  type Resource,
  type Rule,
  text,
} from './document';

/** The attribute that holds the policy, by resource type. */
const POLICY_ATTRIBUTES: Readonly<Record<string, string>> = {
  aws_iam_role: 'assume_role_policy',
  aws_iam_role_policy: 'policy',
  aws_iam_policy: 'policy',
  aws_kms_key: 'policy',
  aws_s3_bucket_policy: 'policy',
  aws_secretsmanager_secret_policy: 'policy',
  aws_sns_topic_policy: 'policy',
  aws_sqs_queue_policy: 'policy',
  aws_vpc_endpoint: 'policy',
};
const WITH_POLICY = Object.keys(POLICY_ATTRIBUTES);
/** Identity-based policies; in resource-based ones, "*" is the resource itself. */
export const IDENTITY_POLICIES = ['aws_iam_role_policy', 'aws_iam_policy'];

/** Mutating actions without resource-level permissions (AWS's service authorization reference). */
const WITHOUT_RESOURCE = [
  'ecr:GetAuthorizationToken',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'sns:SetSubscriptionAttributes',
  'sns:Unsubscribe',
  'logs:PutQueryDefinition',
  'logs:DeleteQueryDefinition',
];
/** A foundation model in a region, without patterns. */
const ONE_MODEL = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]+::foundation-model\/[a-z0-9.:-]+$/;
/** What agents' tools are reached by, and everything else that begins like it. */
const TOOL_ACTIONS = ['lambda:InvokeFunction', 'bedrock:Retrieve', 'bedrock-agentcore:InvokeGateway'];
const LIKE_TOOL_ACTIONS = /^(lambda:Invoke|bedrock:Retrieve|bedrock-agentcore:Invoke)/;
/** One thing of an account, without patterns. */
const ONE_THING = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]+:\d{12}:[^*?]+$/;
const READS = /^[a-z0-9-]+:(Get|List|Describe|Validate)[A-Za-z]+$/;
/** Reads that return sensitive data. */
const PRECIOUS_READS =
  /^(secretsmanager:GetSecretValue|ssm:GetParameter|s3:GetObject|kms:Decrypt|sts:GetFederationToken|iam:GetAccountAuthorizationDetails)/;

interface StatementView {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: Json;
  readonly conditions: Attributes;
  readonly raw: Attributes;
}

const strings = (value: Json): string[] => asList(value).map(text);

/** The statements of a resource's policy; undefined when it cannot be read. */
export function statementsOf({ type, attributes }: Resource): StatementView[] | undefined {
  const document = json(attributes[POLICY_ATTRIBUTES[type] ?? '']);
  if (!isObject(document)) return undefined;
  return blocks(document['Statement']).map((raw) => ({
    effect: text(raw['Effect']),
    actions: strings(raw['Action']),
    resources: strings(raw['Resource']),
    principals: raw['Principal'],
    conditions: isObject(raw['Condition']) ? raw['Condition'] : {},
    raw,
  }));
}

/** A rule on every allowing statement of some policies. */
function onAllowed(
  id: string,
  controls: string,
  types: readonly string[],
  problem: (statement: StatementView, resource: Resource) => string | undefined,
): Rule {
  return each(id, controls, types, (resource) =>
    (statementsOf(resource) ?? [])
      .filter(({ effect }) => effect === 'Allow')
      .map((statement) => problem(statement, resource))
      .find((found) => found !== undefined),
  );
}

/** Keys that a statement's conditions look at, such as `aws:SourceArn`. */
const conditionKeys = (conditions: Attributes): string[] =>
  Object.values(conditions).flatMap((test) => (isObject(test) ? Object.keys(test) : []));

function anyPrincipal(principals: Json): boolean {
  if (principals === '*') return true;
  return isObject(principals) && Object.values(principals).some((value) => strings(value).includes('*'));
}

export const IAM_RULES: readonly Rule[] = [
  each('readable-policies', 'checkers read literal JSON only', WITH_POLICY, (resource) =>
    statementsOf(resource) === undefined && resource.attributes[POLICY_ATTRIBUTES[resource.type] ?? ''] !== undefined
      ? 'has a policy that is not literal JSON'
      : undefined,
  ),
  each('stated-policies', 'CKV2_AWS_64', ['aws_kms_key'], ({ attributes }) =>
    attributes['policy'] === undefined ? 'has no policy of its own' : undefined,
  ),
  onAllowed('no-everything', 'CKV_AWS_62, 63, 274, CKV2_AWS_40', IDENTITY_POLICIES, ({ actions, resources }) => {
    if (actions.includes('*')) return 'allows every action';
    const wide = actions.find((action) => action.endsWith(':*'));
    if (wide !== undefined) return `allows ${wide}`;
    const reads = actions.every((action) => READS.test(action) && !PRECIOUS_READS.test(action));
    const harmless = actions.every(
      (action) => WITHOUT_RESOURCE.includes(action) || (READS.test(action) && !PRECIOUS_READS.test(action)),
    );
    return resources.includes('*') && !reads && !harmless ? 'allows more than looking on every resource' : undefined;
  }),
  onAllowed('no-negatives', 'CKV_AWS_283', WITH_POLICY, ({ raw }) =>
    ['NotAction', 'NotResource', 'NotPrincipal'].some((key) => key in raw) ? 'allows by exception' : undefined,
  ),
  onAllowed(
    'no-anonymous',
    'CKV_AWS_60, 61, 33, 32',
    WITH_POLICY.filter((type) => type !== 'aws_vpc_endpoint'),
    ({ principals }) => (anyPrincipal(principals) ? 'lets everybody in' : undefined),
  ),
  onAllowed('source-conditions', 'confused deputy', ['aws_iam_role'], ({ principals, conditions }) => {
    if (!isObject(principals)) return 'trusts nobody in particular';
    const keys = conditionKeys(conditions);
    if (principals['Service'] !== undefined) {
      // The role that moves traffic, as the ECS guide prescribes its trust; only this account's services can be given it.
      if (principals['Service'] === 'ecs.amazonaws.com') return undefined;
      return keys.includes('aws:SourceAccount') && keys.includes('aws:SourceArn')
        ? undefined
        : 'trusts a service without aws:SourceAccount and aws:SourceArn';
    }
    if (principals['Federated'] !== undefined) {
      const sub = keys.find((key) => key.endsWith(':sub'));
      const exact = isObject(conditions['StringEquals']) ? conditions['StringEquals'] : {};
      const value = sub === undefined ? undefined : exact[sub];
      // One subject or a list of them, without patterns.
      const subjects: unknown[] = Array.isArray(value) ? value : [value];
      const areExact = subjects.every((one) => typeof one === 'string' && /^repo:[^*?]+$/.test(one));
      return subjects.length > 0 && areExact && keys.some((key) => key.endsWith(':aud'))
        ? undefined
        : 'trusts tokens of GitHub without an exact subject and audience';
    }
    return 'trusts a principal that is neither a service nor a workflow';
  }),
  onAllowed(
    'services-for-this-account',
    'confused deputy',
    ['aws_kms_key', 'aws_s3_bucket_policy', 'aws_sns_topic_policy', 'aws_sqs_queue_policy'],
    (statement) => {
      if (!isObject(statement.principals) || statement.principals['Service'] === undefined) return undefined;
      const keys = conditionKeys(statement.conditions);
      // Load balancers are documented to be confined by the account in the path they write to, and by nothing else.
      const isBalancer = statement.principals['Service'] === 'logdelivery.elasticloadbalancing.amazonaws.com';
      if (isBalancer && statement.resources.every((one) => /\/AWSLogs\/\d{12}\//.test(one))) return undefined;
      return keys.some((key) =>
        ['aws:SourceAccount', 'aws:SourceArn', 'kms:EncryptionContext:aws:logs:arn'].includes(key),
      )
        ? undefined
        : 'lets a service in on behalf of any account';
    },
  ),
  onAllowed('no-escalation', 'CKV_AWS_286, 289', IDENTITY_POLICIES, ({ actions, conditions }) => {
    const writes = actions.filter((action) => action.startsWith('iam:') && !READS.test(action));
    if (writes.some((action) => action !== 'iam:PassRole')) return 'can change IAM';
    if (writes.length > 0 && !conditionKeys(conditions).includes('iam:PassedToService'))
      return 'passes roles to any service';
    return undefined;
  }),
  onAllowed('decrypt-through-a-service', 'CKV_AWS_107, 108', IDENTITY_POLICIES, ({ actions, conditions }) =>
    actions.includes('kms:Decrypt') && !conditionKeys(conditions).includes('kms:ViaService')
      ? 'decrypts without going through a service'
      : undefined,
  ),
  onAllowed('exact-models', 'least privilege', IDENTITY_POLICIES, ({ actions, resources }) => {
    const invokes = actions.filter((action) => action.startsWith('bedrock:Invoke'));
    if (invokes.length === 0) return undefined;
    if (!resources.every((resource) => ONE_MODEL.test(resource))) return 'invokes more than named models in one region';
    const lacking = MODEL_ACTIONS.find((action) => !invokes.includes(action));
    return lacking === undefined ? undefined : `invokes models without ${lacking}`;
  }),
  onAllowed('exact-tools', 'least privilege', IDENTITY_POLICIES, ({ actions, resources }) => {
    const used = actions.filter((action) => LIKE_TOOL_ACTIONS.test(action));
    if (used.length === 0) return undefined;
    const other = used.find((action) => !TOOL_ACTIONS.includes(action));
    if (other !== undefined) return `allows ${other}, which no tool needs`;
    return resources.every((one) => ONE_THING.test(one)) ? undefined : "uses more than what agents' tools name";
  }),
  each(
    'no-managed-policies',
    'CKV_AWS_274',
    ['aws_iam_role_policy_attachment', 'aws_iam_user', 'aws_iam_access_key'],
    () => 'is not used here: roles have inline policies, and there are no users',
  ),
];
