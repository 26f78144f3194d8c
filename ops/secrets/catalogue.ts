import { randomBytes } from 'node:crypto';
import type { Settings } from '../../stacks/settings';

/** One key of a secret's JSON: also the name of the variable that it becomes. */
export interface Field {
  readonly key: string;
  /** Taken when nobody gives one and none is stored. */
  readonly fallback?: string;
  /** Bytes from the operating system, as 43 characters. */
  readonly generate?: () => string;
}

/** A secret that the commands know how to fill. */
export interface SecretKind {
  /** As typed after `secrets rotate`. */
  readonly short: string;
  readonly name: string;
  readonly description: string;
  /** The key to make it with; undefined is AWS's own. */
  readonly kmsKeyId: string | undefined;
  readonly fields: readonly Field[];
  /** Whether the environment's settings have the task use it. */
  readonly wanted: boolean;
}

const randomKey = (): string => randomBytes(32).toString('base64url');

/** The names after the prefix, in the order in which they are worked on. */
export const SHORT_NAMES = ['daily-api-key', 'aws-credentials', 'start-api-key', 'admin-api-key'] as const;

/** Every secret of an environment; the names and keys are those of stacks/names.ts, which a test holds against these. */
export function secretKinds(settings: Settings): readonly SecretKind[] {
  const { secrets, region } = settings;
  const name = (short: string): string => `${secrets.namePrefix}/${short}`;
  const kmsKeyId = secrets.existingKmsKeyArn;
  return [
    {
      short: 'daily-api-key',
      name: name('daily-api-key'),
      description: 'Daily.co API credentials: {"DAILY_API_KEY", "DAILY_API_URL"}',
      kmsKeyId,
      fields: [{ key: 'DAILY_API_KEY' }, { key: 'DAILY_API_URL', fallback: 'https://api.daily.co/v1' }],
      wanted: true,
    },
    {
      short: 'aws-credentials',
      name: name('aws-credentials'),
      description: 'Static AWS credentials: {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"}',
      kmsKeyId,
      fields: [{ key: 'AWS_ACCESS_KEY_ID' }, { key: 'AWS_SECRET_ACCESS_KEY' }, { key: 'AWS_REGION', fallback: region }],
      wanted: secrets.useStaticCredentials,
    },
    {
      short: 'start-api-key',
      name: name('start-api-key'),
      description: 'What a client must show to start a call: {"START_API_KEY"}',
      kmsKeyId,
      fields: [{ key: 'START_API_KEY', generate: randomKey }],
      wanted: secrets.startKey,
    },
    {
      short: 'admin-api-key',
      name: name('admin-api-key'),
      description: 'Opens the operator\'s view: {"ADMIN_API_KEY"}',
      kmsKeyId,
      fields: [{ key: 'ADMIN_API_KEY', generate: randomKey }],
      wanted: secrets.adminKey,
    },
  ];
}
