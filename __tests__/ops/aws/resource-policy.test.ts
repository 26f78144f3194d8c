import { findDeny } from '../../../ops/aws/resource-policy';

const ROLE = 'arn:aws:iam::111111111111:role/execution';
const asker = { principalArn: ROLE, action: 'secretsmanager:GetSecretValue' };
const policy = (...statements: Record<string, unknown>[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((one) => ({ Effect: 'Deny', Principal: '*', ...one })),
  });
const readers = (arns: string | string[]) => ({
  Sid: 'DenyOtherReaders',
  Action: 'secretsmanager:GetSecretValue',
  Condition: { ArnNotEquals: { 'aws:PrincipalArn': arns } },
});
const PLAIN = {
  Sid: 'DenyPlainTransport',
  Action: ['secretsmanager:*'],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

describe("a deny in a secret's own policy", () => {
  it.each([
    ['none', policy(), { kind: 'not-denied' }],
    ['of plain transport only', policy(PLAIN), { kind: 'not-denied' }],
    ['of everybody but this role', policy(PLAIN, readers([ROLE, 'arn:aws:iam::1:role/x'])), { kind: 'not-denied' }],
    [
      'of everybody but another',
      policy(readers('arn:aws:iam::111111111111:role/x')),
      { kind: 'denied', sid: 'DenyOtherReaders' },
    ],
    ['of another action', policy({ Action: 'secretsmanager:DeleteSecret' }), { kind: 'not-denied' }],
    ['of everything', policy({ Sid: 'All', Action: '*' }), { kind: 'denied', sid: 'All' }],
    [
      'of another principal',
      policy({ Action: '*', Principal: { AWS: 'arn:aws:iam::1:root' } }),
      { kind: 'not-denied' },
    ],
    [
      'of this principal',
      policy({ Sid: 'Me', Action: '*', Principal: { AWS: [ROLE] } }),
      { kind: 'denied', sid: 'Me' },
    ],
    [
      'by a pattern',
      policy({ Action: '*', Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/exec*' } } }),
      { kind: 'not-denied' },
    ],
    [
      'with a condition not known here',
      policy({ Sid: 'Vpc', Action: '*', Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } }),
      { kind: 'unclear', sid: 'Vpc' },
    ],
    [
      'with one that does not hold besides',
      policy({
        Action: '*',
        Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' }, Bool: { 'aws:SecureTransport': 'false' } },
      }),
      { kind: 'not-denied' },
    ],
    ['an allow is no deny', policy({ Effect: 'Allow', Action: '*' }), { kind: 'not-denied' }],
    ['no policy at all', 'nonsense', { kind: 'unclear', sid: 'the policy as a whole' }],
  ])('%s', (_title, text, verdict) => expect(findDeny(text, asker)).toEqual(verdict));
});
