import { GetBucketVersioningCommand, HeadBucketCommand, GetBucketEncryptionCommand } from '@aws-sdk/client-s3';
import { arnsOf, namesOf } from '../../stacks/names';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { failedFinding, type Finding } from '../cli/report';

/** The bucket of Terraform's state: there, versioned, encrypted. */
export async function checkStateBucket(context: Context): Promise<Finding[]> {
  const aws = context.aws();
  const { stateBucket: bucket } = namesOf(context.settings);
  const fix = `npm run ops -- state bootstrap --environment ${context.environment}`;
  const asked = (action: string) => ({
    action,
    resource: arnsOf(context.settings).bucket(bucket),
    what: `the bucket ${bucket}`,
  });
  try {
    await aws.read(asked('s3:ListBucket'), (options) =>
      aws.s3.send(new HeadBucketCommand({ Bucket: bucket }), options),
    );
    const { Status: versioning } = await aws.read(asked('s3:GetBucketVersioning'), (options) =>
      aws.s3.send(new GetBucketVersioningCommand({ Bucket: bucket }), options),
    );
    const findings: Finding[] = [{ status: 'ok', subject: bucket, text: 'holds the state' }];
    if (versioning !== 'Enabled') {
      const text = 'is not versioned: a state that is overwritten by mistake is lost';
      findings.push({ status: 'failed', subject: bucket, text, fix });
    }
    findings.push(await checkEncryption(context, bucket, asked('s3:GetEncryptionConfiguration')));
    return findings;
  } catch (error) {
    if (error instanceof OpsError && error.code === 'not_found') {
      return [{ status: 'failed', code: 'not_found', subject: bucket, text: 'does not exist', fix }];
    }
    return [failedFinding(bucket, error)];
  }
}

async function checkEncryption(
  context: Context,
  bucket: string,
  asked: { action: string; resource: string; what: string },
): Promise<Finding> {
  const aws = context.aws();
  const answer = await aws.find(asked, ['ServerSideEncryptionConfigurationNotFoundError'], (options) =>
    aws.s3.send(new GetBucketEncryptionCommand({ Bucket: bucket }), options),
  );
  const rule = answer?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
  if (rule?.SSEAlgorithm === 'aws:kms') return { status: 'ok', subject: bucket, text: 'is encrypted with its own key' };
  const fix = `npm run ops -- state bootstrap --environment ${context.environment}`;
  return { status: 'warning', subject: bucket, text: 'is not encrypted with a key of its own', fix };
}
