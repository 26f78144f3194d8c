import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type EmittedStack, layOut, STACKS, type StackKind, terraform } from '../../fakes/terraform';
import { usePathStyle } from '../rehearse-deploy/path-style';
import type { EmulatedAccount } from './account';

/** The stacks as an older version emitted them, and the settings that it had. */
const BEFORE = path.join(__dirname, '../../../__tests__/stacks/support/before');
/** The repository in those settings is the example's; an operator's is another. */
const [EXAMPLE, REPOSITORY] = ['example/pipecat-voice-agent', 'acme/voice'];

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

  #layOut(stack: StackKind): string {
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
