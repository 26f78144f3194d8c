import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { S3Sink } from '../../bot/records/s3-sink';
import type { TestAws } from './support/aws';

const REGION = 'eu-north-1';
const BUCKET = 'records-of-calls';

/* The bucket itself, by the SDK's own client: what is put there is there, as it was put. */
export function recordPlacesSuite(aws: () => TestAws): void {
  describe('records of calls in S3', () => {
    it('are put below the prefix, and put anew in their own place', async () => {
      await aws().reset();
      const client = new S3Client({ region: REGION, endpoint: aws().motoUrl, forcePathStyle: true });
      const sink = await S3Sink.open({ region: REGION, bucket: BUCKET, prefix: 'voice/', endpointUrl: aws().motoUrl });
      const key = 'records/date=2026-11-27/agent=clinic/one.json';
      const put = (text: string) =>
        sink.put({ key, bytes: Buffer.from(text), isBulk: false }, new AbortController().signal);
      await expect(put('{}')).rejects.toMatchObject({ name: 'NoSuchBucket' });
      const where = { CreateBucketConfiguration: { LocationConstraint: REGION } } as const;
      await client.send(new CreateBucketCommand({ Bucket: BUCKET, ...where }));
      await put('{"sequence":1}\n');
      await put('{"sequence":2}\n');
      const { Body, ContentType } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: `voice/${key}` }));
      expect([await Body?.transformToString(), ContentType]).toEqual(['{"sequence":2}\n', 'application/json']);
      sink.close();
      client.destroy();
    });
  });
}
