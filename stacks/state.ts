import type { Construct } from 'constructs';
import { AwsStack } from './aws-stack';
import { EncryptionKey } from './constructs/encryption-key';
import { PrivateBucket } from './constructs/private-bucket';
import type { Settings } from './settings';

/**
 * The bucket that holds Terraform's state, its own included. `npm run ops -- state bootstrap` applies it once with local
 * state and then moves that state into the bucket.
 */
export class StateStack extends AwsStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, settings, [], 'state');
    const key = new EncryptionKey(this, 'state-key', {
      alias: `${this.names.base}-state`,
      description: `Encrypts the Terraform state of ${this.names.base}`,
      services: [],
    });
    const bucket = new PrivateBucket(this, 'state', {
      name: this.names.stateBucket,
      keyArn: key.arn,
      // An overwritten or deleted state can be restored for three months.
      keepOldVersionsDays: 90,
      destroyContents: true,
      statements: [
        {
          sid: 'DenyOtherEncryption',
          effect: 'Deny',
          principals: '*',
          actions: ['s3:PutObject'],
          resources: [`${this.arns.bucket(this.names.stateBucket)}/*`],
          // Uploads that do not name a key use the bucket's.
          conditions: {
            Null: { 's3:x-amz-server-side-encryption': 'false' },
            StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' },
          },
        },
      ],
    });
    this.output('state_bucket', bucket.bucket, 'Bucket of the Terraform state');
    this.output('state_key_arn', key.arn, 'Key that encrypts the Terraform state');
  }
}
