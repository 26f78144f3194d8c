import { GetObjectCommand } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { arnsOf, namesOf, stateKey } from '../../stacks/names';
import type { Context } from '../cli/context';
import { parseJson } from '../cli/json';
import { OpsError } from '../cli/ops-error';

/** What terraform's S3 backend writes into a lock file (its `LockInfo`). */
const lockSchema = z.looseObject({ Who: z.string(), Created: z.string() });

/** Who holds the lock of a stack's state, and since when; undefined where nobody does, or it is not to be seen. */
export async function lockHolder(context: Context, stack: string): Promise<string | undefined> {
  const { settings } = context;
  const aws = context.aws();
  const { stateBucket: bucket } = namesOf(settings);
  const key = `${stateKey(stack)}.tflock`;
  const asked = { action: 's3:GetObject', resource: `${arnsOf(settings).bucket(bucket)}/${key}`, what: 'the lock' };
  try {
    const text = await aws.find(asked, ['NoSuchKey', 'NoSuchBucket'], async (options) => {
      const { Body: body } = await aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), options);
      return body?.transformToString();
    });
    const { data } = lockSchema.safeParse(parseJson(text ?? ''));
    return data && `${data.Who}, since ${data.Created}`;
  } catch (error) {
    if (error instanceof OpsError) return undefined;
    throw error;
  }
}
