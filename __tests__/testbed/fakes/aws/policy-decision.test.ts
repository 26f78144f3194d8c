import { decide, type PolicyDocument } from '../../../../testbed/fakes/aws/policy-decision';

const READ = {
  Effect: 'Allow',
  Action: 'secretsmanager:GetSecretValue',
  Resource: 'arn:aws:s:::secret:a-??????',
} as const;
const ask = (
  policies: PolicyDocument[],
  facts: Record<string, string> = {},
  resource = 'arn:aws:s:::secret:a-AbCdEf',
) => decide(policies, { action: 'secretsmanager:GetSecretValue', resource, facts: new Map(Object.entries(facts)) });

describe("IAM's decision", () => {
  it('needs an allow for action and resource', () => {
    expect(ask([{ Statement: [READ] }])).toBe('allowed');
    expect(ask([{ Statement: [READ] }], {}, 'arn:aws:s:::secret:a-AbCdEfG')).toBe('implicitDeny');
    expect(ask([{ Statement: { ...READ, Action: ['secretsmanager:List*'] } }])).toBe('implicitDeny');
    expect(ask([])).toBe('implicitDeny');
  });

  it('lets a deny beat every allow', () => {
    expect(ask([{ Statement: [READ] }, { Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] }])).toBe(
      'explicitDeny',
    );
  });

  it('wants every condition met, and takes one whose fact is missing as not met', () => {
    const statement = {
      ...READ,
      Condition: { StringEquals: { 'kms:ViaService': ['a', 'b'] }, ArnLike: { 'aws:SourceArn': 'arn:*' } },
    };
    expect(ask([{ Statement: [statement] }], { 'kms:viaservice': 'b', 'aws:sourcearn': 'arn:x' })).toBe('allowed');
    expect(ask([{ Statement: [statement] }], { 'kms:viaservice': 'b' })).toBe('implicitDeny');
    expect(
      ask([{ Statement: [{ ...READ, Condition: { IpAddress: { 'aws:SourceIp': '*' } } }] }], { 'aws:sourceip': 'x' }),
    ).toBe('implicitDeny');
  });
});
