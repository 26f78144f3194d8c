import { GetObjectCommand } from '@aws-sdk/client-s3';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type EmittedStack, layOut, terraform } from '../../fakes/terraform';
import { usePathStyle } from '../rehearse-deploy/path-style';
import type { EmulatedAccount } from './account';
import { withS3 } from './states';

/** The stacks as an older version emitted them, and the settings that it had. */
const BEFORE = path.join(__dirname, '../../../__tests__/stacks/support/before');
/** The repository in those settings is the example's; an operator's is another. */
const [EXAMPLE, REPOSITORY] = ['example/pipecat-voice-agent', 'acme/voice'];

/** What holds data, secrets or an address that others know. */
const KEPT = [
  'aws_kms_key',
  'aws_secretsmanager_secret',
  'aws_s3_bucket',
  'aws_dynamodb_table',
  'aws_lb',
  'aws_ecr_repository',
  'aws_cloudwatch_log_group',
  'aws_eip',
  'aws_vpc',
];
const STACKS = ['state', 'foundation', 'service'] as const;

interface State {
  readonly resources: readonly {
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: { readonly id?: string } }[];
  }[];
}

/** An environment that 36d351a deployed: applied by terraform as that version told people to, with values in its secrets. */
export class OlderVersion {
  readonly #stacks: Readonly<Record<string, EmittedStack>>;
  readonly #settings: object;
  readonly #root: string;

  constructor(private readonly account: EmulatedAccount) {
    const stacks = gunzipSync(readFileSync(path.join(BEFORE, '36d351a.json.gz'))).toString();
    const settings = readFileSync(path.join(BEFORE, 'settings.json'), 'utf8');
    const own = (text: string): string => text.replaceAll(EXAMPLE, REPOSITORY);
    this.#stacks = JSON.parse(own(stacks)) as Record<string, EmittedStack>;
    this.#settings = (JSON.parse(own(settings)) as { test: object }).test;
    this.#root = path.join(account.folder, 'older-version');
  }

  /** @throws Error where terraform fails */
  async deploy(): Promise<void> {
    mkdirSync(this.account.environmentsFolder, { recursive: true });
    writeFileSync(path.join(this.account.environmentsFolder, 'test.json'), JSON.stringify(this.#settings, null, 2));
    for (const stack of STACKS) {
      if (stack === 'state') await this.#makeBucket();
      else await this.#apply(stack);
      if (stack === 'foundation') await this.#putSecrets();
    }
  }

  /** The ids of what must stay, by type and id. */
  async kept(): Promise<Set<string>> {
    const { stateBucket } = this.account;
    return withS3(this.account, async (s3) => {
      const kept = new Set<string>();
      for (const stack of STACKS) {
        const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: stateBucket, Key: `${stack}.tfstate` }));
        const { resources } = JSON.parse((await body?.transformToString()) ?? '') as State;
        for (const { mode, type, instances } of resources) {
          if (mode !== 'managed' || !KEPT.includes(type)) continue;
          for (const { attributes } of instances) kept.add(`${type} ${attributes.id ?? ''}`);
        }
      }
      return kept;
    });
  }

  /** A backend cannot make its own bucket: its state is in a file until the bucket is there. */
  async #makeBucket(): Promise<void> {
    const folder = this.#layOut('state');
    const override = path.join(folder, 'local_override.tf.json');
    writeFileSync(override, JSON.stringify({ terraform: { backend: { local: { path: 'terraform.tfstate' } } } }));
    await this.#terraform(folder, { TF_CLI_ARGS_init: '' }, 'init');
    await this.#terraform(folder, {}, 'apply', '-auto-approve');
    rmSync(override);
    await this.#terraform(folder, {}, 'init', '-migrate-state', '-force-copy');
  }

  async #apply(stack: 'foundation' | 'service'): Promise<void> {
    const folder = this.#layOut(stack);
    await this.#terraform(folder, {}, 'init');
    await this.#terraform(folder, {}, 'apply', '-auto-approve');
  }

  #layOut(stack: (typeof STACKS)[number]): string {
    const name = `test-${stack}`;
    const emitted = this.#stacks[name];
    if (emitted === undefined) throw new Error(`the older version has no ${name}`);
    usePathStyle(this.#root, name, emitted);
    return layOut(emitted, this.#root, name);
  }

  async #putSecrets(): Promise<void> {
    const { dailyKey, env, api } = this.account;
    const values = {
      'daily-api-key': { DAILY_API_KEY: dailyKey, DAILY_API_URL: env['DAILY_API_URL'] },
      'start-api-key': { START_API_KEY: 'k'.repeat(43) },
    };
    for (const [id, value] of Object.entries(values)) {
      const SecretString = JSON.stringify(value);
      await api.ask('secretsmanager', 'PutSecretValue', { SecretId: `pipecat/${id}`, SecretString });
    }
  }

  async #terraform(folder: string, more: Readonly<Record<string, string>>, ...args: string[]): Promise<void> {
    const { status, output } = await terraform({ folder, env: { ...this.account.env, ...more } }, ...args);
    if (status !== 0) throw new Error(`terraform ${args.join(' ')} of the older version:\n${output}`);
  }
}
