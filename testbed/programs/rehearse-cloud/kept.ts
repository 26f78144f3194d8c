import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { KEPT_TYPES, STACKS } from '../../fakes/terraform';
import type { EmulatedAccount } from './account';
import { withS3 } from './states';

interface State {
  readonly resources: readonly {
    readonly mode: string;
    readonly type: string;
    readonly instances: readonly { readonly attributes: { readonly id?: string } }[];
  }[];
}

/** What a new version must leave as it is, by type and id, as the states have it. */
export const keptIn = (account: EmulatedAccount): Promise<Set<string>> =>
  withS3(account, async (s3) => {
    const kept = new Set<string>();
    for (const stack of STACKS) {
      const found = await s3.send(new GetObjectCommand({ Bucket: account.stateBucket, Key: `${stack}.tfstate` }));
      const { resources } = JSON.parse((await found.Body?.transformToString()) ?? '') as State;
      for (const { mode, type, instances } of resources) {
        if (mode !== 'managed' || !KEPT_TYPES.includes(type)) continue;
        for (const { attributes } of instances) kept.add(`${type} ${attributes.id ?? ''}`);
      }
    }
    return kept;
  });

/** Puts a record of a call where tasks put theirs. */
export const putRecord = (account: EmulatedAccount): Promise<unknown> =>
  withS3(account, (s3) =>
    s3.send(
      new PutObjectCommand({
        Bucket: account.recordsBucket,
        Key: 'calls/records/date=2026-11-27/agent=reception/1.json',
        Body: '{}',
      }),
    ),
  );
