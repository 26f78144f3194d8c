import { explainTerraform } from '../../../ops/release/terraform-failure';

/** As terraform 1.11 prints it for S3's lock files. */
const LOCKED = `╷
│ Error: Error acquiring the state lock
│
│ Error message: operation error S3: PutObject, https response error StatusCode: 412
│ Lock Info:
│   ID:        6b2c6f4e-1111-2222-3333-444455556666
│   Path:      pipecat-voice-agent-test-state-111111111111/foundation.tfstate
│   Operation: OperationTypeApply
│   Who:       me@laptop
│   Version:   1.11.4
│   Created:   2026-11-27 17:00:00.123456 +0000 UTC
│
╵
`;

/** As terraform 1.11 prints two resources of which one is there. */
const TAKEN = `╷
│ Error: creating IAM Role (voice-test-task): operation error IAM: CreateRole, https response error StatusCode: 409, RequestID: 1, EntityAlreadyExists: Role with name voice-test-task already exists.
│
│   with aws_iam_role.task-role,
│   on cdk.tf.json line 1, in resource.aws_iam_role.task-role:
╵
╷
│ Error: creating EC2 VPC: VpcLimitExceeded
│
│   with aws_vpc.vpc,
╵
`;

const where = {
  folder: '/w/test-foundation',
  unlock: (id: string) => `npm run ops -- state unlock --environment test --stack foundation --id ${id}`,
  nowMs: Date.parse('2026-11-27T17:12:30Z'),
};

describe("what terraform's failures mean", () => {
  it('U4: a session that has ended while terraform was at work is said to be that', () => {
    const output = 'Error: Failed to save state\n\napi error ExpiredToken: The provided token has expired.';
    expect(explainTerraform(output, where)).toMatchObject({
      code: 'credentials_expired',
      fix: expect.stringContaining('run the same command') as string,
    });
  });

  it('U4: a lock has a holder, and a whole command that frees it where nobody holds it any more', () => {
    expect(explainTerraform(LOCKED, where)).toMatchObject({
      code: 'state_locked',
      message:
        'the state is locked by me@laptop, who began to apply 12 minutes ago (2026-11-27 17:00:00.123456 +0000 UTC)',
      fix: expect.stringContaining(
        'npm run ops -- state unlock --environment test --stack foundation --id 6b2c6f4e-1111-2222-3333-444455556666',
      ) as string,
    });
  });

  it('U4: what is there and not in the state is taken into it by a whole command', () => {
    expect(explainTerraform(TAKEN, where)).toMatchObject({
      code: 'release_failed',
      message: expect.stringMatching(/^aws_iam_role\.task-role: there already, and not in the state/) as string,
      fix: expect.stringMatching(
        /\n {2}terraform -chdir=\/w\/test-foundation import aws_iam_role\.task-role voice-test-task$/,
      ) as string,
    });
  });

  it('anything else is what it says itself', () => {
    expect(explainTerraform('Error: creating EC2 VPC: VpcLimitExceeded', where)).toBeUndefined();
  });
});
