import {
  CreateBucketCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { recordingKey, recordKey } from '../../../contract/call-record';
import type { TestAws } from '../support/aws';
import { about, ops } from '../support/cli';
import { ACCOUNT_ID, Project } from '../support/project';
import { CALLS, SPOKEN } from './support/calls';

const BUCKET = `pipecat-voice-agent-test-records-${ACCOUNT_ID}`;

/* The environment's own bucket, by the SDK's client: lists in pages, versions, what is gone. */
export function callRecordsSuite(aws: () => TestAws): void {
  describe('records of calls in S3', () => {
    let s3: S3Client;
    let project: Project;

    beforeEach(async () => {
      await aws().reset();
      project = new Project();
      s3 = new S3Client({ region: 'eu-north-1', endpoint: aws().motoUrl, forcePathStyle: true });
      await s3.send(
        new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-north-1' } }),
      );
    });
    afterEach(() => {
      s3.destroy();
      project.remove();
    });

    const put = (key: string, body: string) =>
      s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `calls/${key}`, Body: body }));
    const fill = async (): Promise<void> => {
      for (const record of CALLS) await put(recordKey(record), JSON.stringify(record));
      await put(recordingKey(SPOKEN), 'OggS');
    };
    const versions = async (): Promise<string[]> => {
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET }));
      return [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key = '' }) => Key);
    };
    const run = (command: string) => ops(command, { folder: project.folder });

    it('are listed and read', async () => {
      await fill();
      const { json } = await run('calls list --json --until 2026-11-28');
      expect(json.findings.map(({ subject }) => subject)).toEqual([CALLS[1]!.callId, CALLS[0]!.callId]);
      expect((await run(`calls report ${SPOKEN.callId} --json`)).json).toMatchObject({ hasSound: true });
    });

    it('are gone once they are deleted, with every version of before, and others are there', async () => {
      await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }));
      await fill();
      await fill();
      expect(await versions()).toHaveLength(8);
      const ran = await run(`calls delete --caller ${SPOKEN.caller!} --confirm yes --json`);
      expect(ran.code).toBe(0);
      expect(ran.json).toMatchObject({ versionsRemoved: 6, left: [] });
      expect(about(ran, recordingKey(SPOKEN))).toMatchObject([{ status: 'changed', text: 'is deleted' }]);
      expect(new Set(await versions())).toEqual(new Set([`calls/${recordKey(CALLS[1]!)}`]));
    });

    it('and a bucket that is not there are told apart', async () => {
      expect((await run('calls list --json')).code).toBe(0);
      const other = await run('calls list --from s3://no-such-bucket/calls');
      expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('s3://no-such-bucket/calls')]);
    });
  });
}
