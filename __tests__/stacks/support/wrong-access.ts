import { add, drop, policy, type Wrong } from './mistakes';

/** The task may do this, too, as if its agents' tools needed it. */
const alsoForTools =
  (action: string | readonly string[], resource: string): Wrong[3] =>
  (s) =>
    policy(s.one('aws_iam_role_policy', 'task-role-policy'), (statements) =>
      statements.push({ Sid: 'Tools', Effect: 'Allow', Action: action, Resource: resource }),
    );

/** Mistakes in the network and in policies. */
export const WRONG_ACCESS: readonly Wrong[] = [
  [
    'open-ingress',
    'SSH open to everybody',
    'foundation',
    (s) =>
      Object.assign(s.one('aws_vpc_security_group_ingress_rule', 'load-balancer-in-80-1'), {
        from_port: 22,
        to_port: 22,
      }),
  ],
  [
    'open-ingress',
    'the bot open to everybody',
    'foundation',
    (s) =>
      Object.assign(s.one('aws_vpc_security_group_ingress_rule', 'tasks-from-load-balancer'), {
        cidr_ipv4: '0.0.0.0/0',
      }),
  ],
  [
    'open-ingress',
    'a range that begins at 80, over IPv6',
    'foundation',
    (s) =>
      Object.assign(s.one('aws_vpc_security_group_ingress_rule', 'load-balancer-in-80-1'), {
        cidr_ipv4: undefined,
        cidr_ipv6: '::/0',
        to_port: 443,
      }),
  ],
  [
    'bounded-rules',
    'every protocol out',
    'foundation',
    (s) => Object.assign(s.one('aws_vpc_security_group_egress_rule', 'tasks-out-https'), { ip_protocol: '-1' }),
  ],
  [
    'bounded-rules',
    'every port out',
    'foundation',
    (s) =>
      Object.assign(s.one('aws_vpc_security_group_egress_rule', 'tasks-out-https'), { from_port: 0, to_port: 65_535 }),
  ],
  [
    'described-rules',
    'a rule without a reason',
    'foundation',
    (s) => Object.assign(s.one('aws_vpc_security_group_egress_rule', 'tasks-out-https'), { description: '' }),
  ],
  [
    'no-inline-rules',
    'rules inside a group',
    'foundation',
    (s) => Object.assign(s.one('aws_security_group', 'tasks-security-group'), { ingress: [] }),
  ],
  ['no-loose-rules', 'a rule of the old kind', 'foundation', (s) => add(s, 'aws_security_group_rule', {})],
  [
    'private-subnets',
    'public addresses by default',
    'foundation',
    (s) => Object.assign(s.one('aws_subnet', 'public-subnet-1'), { map_public_ip_on_launch: true }),
  ],
  ['flow-logs', 'a VPC without flow logs', 'foundation', (s) => drop(s, 'aws_flow_log')],
  ['closed-default-group', 'a default group left open', 'foundation', (s) => drop(s, 'aws_default_security_group')],
  [
    'private-tasks',
    'tasks with public addresses',
    'service',
    (s) => Object.assign(s.one('aws_ecs_service')['network_configuration'] as object, { assign_public_ip: true }),
  ],
  [
    'two-zones',
    'a load balancer in one zone',
    'service',
    (s) => Object.assign(s.one('aws_lb'), { subnets: ['subnet-1'] }),
  ],

  [
    'readable-policies',
    'a policy made by a function',
    'foundation',
    (s) => Object.assign(s.one('aws_iam_role_policy', 'task-role-policy'), { policy: '${jsonencode({})}' }),
  ],
  [
    'stated-policies',
    'a key without a policy',
    'foundation',
    (s) => Reflect.deleteProperty(s.one('aws_kms_key', 'secrets-key'), 'policy'),
  ],
  [
    'no-everything',
    '* on *',
    'foundation',
    (s) =>
      policy(s.one('aws_iam_role_policy', 'task-role-policy'), ([one]) =>
        Object.assign(one!, { Action: '*', Resource: '*' }),
      ),
  ],
  [
    'no-everything',
    'all of a service',
    'foundation',
    (s) =>
      policy(s.one('aws_iam_role_policy', 'task-role-policy'), ([one]) => Object.assign(one!, { Action: 'bedrock:*' })),
  ],
  [
    'no-everything',
    'every model',
    'foundation',
    (s) => policy(s.one('aws_iam_role_policy', 'task-role-policy'), ([one]) => Object.assign(one!, { Resource: '*' })),
  ],
  [
    'no-everything',
    'every secret',
    'foundation',
    (s) =>
      policy(s.one('aws_iam_role_policy', 'execution-role-policy'), ([one]) =>
        Object.assign(one!, { Resource: ['*'] }),
      ),
  ],
  [
    'no-negatives',
    'all but something',
    'foundation',
    (s) =>
      policy(s.one('aws_iam_role_policy', 'task-role-policy'), ([one]) => Object.assign(one!, { NotAction: 'iam:*' })),
  ],
  [
    'no-anonymous',
    'a public bucket',
    'foundation',
    (s) =>
      policy(s.one('aws_s3_bucket_policy', 'trail-bucket'), (all) =>
        Object.assign(all[1]!, { Principal: { AWS: '*' } }),
      ),
  ],
  [
    'no-anonymous',
    'a key for everybody',
    'foundation',
    (s) => policy(s.one('aws_kms_key', 'secrets-key'), ([one]) => Object.assign(one!, { Principal: '*' })),
  ],
  [
    'source-conditions',
    'a confused deputy',
    'foundation',
    (s) =>
      policy(
        s.one('aws_iam_role', 'task-role'),
        ([one]) => Reflect.deleteProperty(one!, 'Condition'),
        'assume_role_policy',
      ),
  ],
  [
    'source-conditions',
    'any branch of the repository',
    'foundation',
    (s) =>
      policy(
        s.one('aws_iam_role', 'deploy-role'),
        ([one]) =>
          Object.assign(one!, {
            Condition: { StringLike: { 'x:sub': 'repo:example/bot:*' }, StringEquals: { 'x:aud': 'a' } },
          }),
        'assume_role_policy',
      ),
  ],
  [
    'source-conditions',
    'a person',
    'foundation',
    (s) =>
      policy(
        s.one('aws_iam_role', 'task-role'),
        ([one]) => Object.assign(one!, { Principal: { AWS: 'arn:aws:iam::1:user/x' } }),
        'assume_role_policy',
      ),
  ],
  [
    'services-for-this-account',
    "another account's alarms",
    'service',
    (s) => policy(s.one('aws_sns_topic_policy'), ([one]) => Reflect.deleteProperty(one!, 'Condition')),
  ],
  [
    'no-escalation',
    'making users',
    'foundation',
    (s) =>
      policy(s.one('aws_iam_role_policy', 'deploy-role-policy'), (all) =>
        all.push({ Effect: 'Allow', Action: 'iam:CreateUser', Resource: 'arn:aws:iam::1:user/x' }),
      ),
  ],
  [
    'no-escalation',
    'passing a role to any service',
    'foundation',
    (s) =>
      policy(s.one('aws_iam_role_policy', 'deploy-role-policy'), (all) =>
        all.push({ Effect: 'Allow', Action: 'iam:PassRole', Resource: 'arn:aws:iam::1:role/x' }),
      ),
  ],
  [
    'decrypt-through-a-service',
    'plain decryption',
    'foundation',
    (s) =>
      policy(s.one('aws_iam_role_policy', 'execution-role-policy'), (all) =>
        Reflect.deleteProperty(all[1]!, 'Condition'),
      ),
  ],
  [
    'exact-models',
    'every model',
    'foundation',
    (s) =>
      policy(s.one('aws_iam_role_policy', 'task-role-policy'), ([invoke]) =>
        Object.assign(invoke!, { Resource: 'arn:aws:bedrock:eu-north-1::foundation-model/*' }),
      ),
  ],
  [
    'exact-models',
    "the seed's pattern of every region",
    'foundation',
    (s) =>
      policy(s.one('aws_iam_role_policy', 'task-role-policy'), ([invoke]) =>
        Object.assign(invoke!, { Resource: 'arn:aws:bedrock:*::foundation-model/amazon.nova-2-5-sonic' }),
      ),
  ],
  [
    'exact-models',
    'one of the two actions alone',
    'foundation',
    (s) =>
      policy(s.one('aws_iam_role_policy', 'task-role-policy'), ([invoke]) =>
        Object.assign(invoke!, { Action: 'bedrock:InvokeModel' }),
      ),
  ],
  [
    'exact-tools',
    'every function of the account',
    'foundation',
    alsoForTools('lambda:InvokeFunction', 'arn:aws:lambda:eu-north-1:111111111111:function:clinic-*'),
  ],
  [
    'exact-tools',
    'answers that another model words from a knowledge base',
    'foundation',
    alsoForTools(
      ['bedrock:Retrieve', 'bedrock:RetrieveAndGenerate'],
      'arn:aws:bedrock:eu-north-1:111111111111:knowledge-base/ABCDEFGHIJ',
    ),
  ],
  [
    'exact-tools',
    'a gateway of any account',
    'foundation',
    alsoForTools('bedrock-agentcore:InvokeGateway', 'arn:aws:bedrock-agentcore:eu-north-1:*:gateway/desk-0123456789'),
  ],
  [
    'no-managed-policies',
    'AdministratorAccess attached',
    'foundation',
    (s) => add(s, 'aws_iam_role_policy_attachment', {}),
  ],
];
