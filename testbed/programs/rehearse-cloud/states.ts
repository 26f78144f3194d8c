import { GetObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import type { EmulatedAccount } from './account';
import { REGION } from './emulated-aws';

interface StateVersion {
  readonly name: string;
  readonly content: string;
}

/** Calls with a client of the emulated S3. */
export async function withS3<T>({ env }: EmulatedAccount, use: (s3: S3Client) => Promise<T>): Promise<T> {
  const s3 = new S3Client({
    region: REGION,
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    forcePathStyle: true,
    credentials: { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' },
  });
  try {
    return await use(s3);
  } finally {
    s3.destroy();
  }
}

/** Every version of every state in the account's bucket; none where the bucket is gone. */
export const statesIn = (account: EmulatedAccount): Promise<StateVersion[]> =>
  withS3(account, async (s3) => {
    const Bucket = account.stateBucket;
    try {
      const { Versions: versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      return await Promise.all(
        versions.map(async ({ Key = '', VersionId }) => {
          const { Body: body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
          return { name: Key, content: (await body?.transformToString()) ?? '' };
        }),
      );
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchBucket') return [];
      throw error;
    }
  });
