import { DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { arnsOf, namesOf, stateKey } from '../../stacks/names';
import type { Context } from '../cli/context';
import { commandFor } from '../cli/command-line';
import { parseJson } from '../cli/json';

/** A lock on a stack's state, as terraform's S3 backend writes it into a file beside it (its `LockInfo`). */
export interface HeldLock {
  readonly id: string;
  /** As in `me@laptop`. */
  readonly who: string;
  readonly created: string;
  /** As in `OperationTypeApply`. */
  readonly operation: string;
  /** Of the file, so that only this lock is removed, and not one that has taken its place. */
  readonly etag: string | undefined;
}

const lockSchema = z.looseObject({ ID: z.string(), Who: z.string(), Created: z.string(), Operation: z.string() });

function fileOf({ settings }: Context, stack: string) {
  const { stateBucket: bucket } = namesOf(settings);
  const key = `${stateKey(stack)}.tflock`;
  return { bucket, key, resource: `${arnsOf(settings).bucket(bucket)}/${key}` };
}

/** Who holds the lock of a stack's state; undefined where nobody does. @throws OpsError */
export async function readLock(context: Context, stack: string): Promise<HeldLock | undefined> {
  const { bucket: Bucket, key: Key, resource } = fileOf(context, stack);
  const asked = { action: 's3:GetObject', resource, what: 'the lock' };
  const aws = context.aws();
  const found = await aws.find(asked, ['NoSuchKey', 'NoSuchBucket'], async (options) => {
    const { Body: body, ETag: etag } = await aws.s3.send(new GetObjectCommand({ Bucket, Key }), options);
    return { text: (await body?.transformToString()) ?? '', etag };
  });
  const { data } = lockSchema.safeParse(parseJson(found?.text ?? ''));
  if (data === undefined) return undefined;
  const { ID: id, Who: who, Created: created, Operation: operation } = data;
  return { id, who, created, operation, etag: found?.etag };
}

/** Removes this lock, and no other that has taken its place. @throws OpsError */
export async function removeLock(context: Context, stack: string, { etag }: HeldLock): Promise<void> {
  const { bucket: Bucket, key: Key, resource } = fileOf(context, stack);
  const asked = { action: 's3:DeleteObject', resource, what: 'the lock' };
  const aws = context.aws();
  const IfMatch = etag;
  await aws.write(asked, () => aws.s3.send(new DeleteObjectCommand({ Bucket, Key, ...(IfMatch && { IfMatch }) })));
}

const AGES = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** How long ago, as people say it; empty for a time that cannot be read. */
function ageOf(created: string, nowMs: number): string {
  // Terraform prints Go's form, `2026-11-27 17:00:00.1 +0000 UTC`, and writes RFC 3339.
  const at = Date.parse(created.replace(/^(\S+) (\S+) \+0000 UTC$/, '$1T$2Z'));
  if (Number.isNaN(at)) return '';
  const seconds = Math.max(0, Math.round((nowMs - at) / 1_000));
  const [size, unit] = AGES.find(([least]) => seconds >= least) ?? [1, 'second'];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}

/** `me@laptop, who began to apply 12 minutes ago (2026-11-27T17:00:00Z)` */
export function holderOf({ who, created, operation }: Omit<HeldLock, 'id' | 'etag'>, nowMs: number): string {
  const does = operation.replace(/^OperationType/, '').toLowerCase();
  const age = ageOf(created, nowMs);
  return `${who}, who began to ${does || 'work'} ${age === '' ? `at ${created}` : `${age} (${created})`}`;
}

/** The whole command that removes a lock which nobody holds any more. */
export const unlockCommand = (environment: string, region: string, stack: string, id: string): string =>
  `${commandFor('state unlock', environment, region)} --stack ${stack} --id ${id}`;
