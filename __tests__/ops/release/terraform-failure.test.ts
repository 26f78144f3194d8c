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

describe("what terraform's failures mean", () => {
  it('U4: a session that has ended while terraform was at work is said to be that', () => {
    const output = 'Error: Failed to save state\n\napi error ExpiredToken: The provided token has expired.';
    expect(explainTerraform(output, '/w')).toMatchObject({
      code: 'credentials_expired',
      fix: expect.stringContaining('run the same command') as string,
    });
  });

  it('U4: a lock has a holder, and a whole command that frees it where nobody holds it any more', () => {
    expect(explainTerraform(LOCKED, '/w/test-foundation')).toMatchObject({
      code: 'state_locked',
      message: 'the state is locked by me@laptop, since 2026-11-27 17:00:00.123456 +0000 UTC',
      fix: expect.stringContaining(
        'terraform -chdir=/w/test-foundation force-unlock 6b2c6f4e-1111-2222-3333-444455556666',
      ) as string,
    });
  });

  it('anything else is what it says itself', () => {
    expect(explainTerraform('Error: creating EC2 VPC: VpcLimitExceeded', '/w')).toBeUndefined();
  });
});
