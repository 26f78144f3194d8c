import { existsSync, readFileSync } from 'node:fs';
import { START_KEY } from '../../../contract/secrets';
import type { EmulatedAccount } from './account';
import { leaksBelow, leaksIn, type Secrets } from './leaks';
import { statesIn } from './states';

/** Where a value must be: what the operator gave. */
const GIVEN = new Set(['keys.env']);

/** What a deployment was given or has made up that nobody may read: looked for in everything that it leaves. */
export class Secrecy {
  readonly #outputs: string[] = [];
  #secrets: Secrets;

  constructor(private readonly account: EmulatedAccount) {
    this.#secrets = new Map([
      ['the key of Daily', account.dailyKey],
      ["the operator's secret access key", account.secretAccessKey],
    ]);
  }

  /** Keeps what a command has printed. */
  heard(output: string): void {
    this.#outputs.push(output);
  }

  /** Looks into outputs, arguments of processes, files and plans, states, and tasks' logs. */
  async leaks(): Promise<string[]> {
    await this.#learn();
    const { folder, recordedArguments, logs } = this.account;
    const secrets = this.#secrets;
    const recorded = existsSync(recordedArguments) ? readFileSync(recordedArguments) : Buffer.alloc(0);
    const states = await statesIn(this.account);
    const look = (where: string, text: string | Buffer): string[] => leaksIn(where, Buffer.from(text), secrets);
    return [
      ...(secrets.size === 4 ? [] : [`only ${[...secrets.keys()].join(', ')} could be looked for`]),
      ...(this.#outputs.length > 0 && logs.length > 0 && recorded.includes('terraform')
        ? []
        : ['nothing to look into']),
      ...look('what was printed', this.#outputs.join('\n')),
      ...look('arguments of a process', recorded),
      ...look('the log of a task', logs.join('\n')),
      ...states.flatMap(({ name, content }) => look(`the state ${name}`, content)),
      ...leaksBelow(folder, secrets, (file) => GIVEN.has(file)),
    ];
  }

  /** What was made on the way: the start key, and the registry's password. */
  async #learn(): Promise<void> {
    const { api } = this.account;
    const learnt = new Map(this.#secrets);
    try {
      const secret = await api.ask('secretsmanager', 'GetSecretValue', { SecretId: 'pipecat/start-api-key' });
      const { [START_KEY]: key = '' } = JSON.parse(secret.text('SecretString') ?? '{}') as Record<string, string>;
      if (key !== '') learnt.set('the start key', key);
    } catch {
      // It is gone with the environment, and known from before.
    }
    const [token] = (await api.ask('ecr', 'GetAuthorizationToken', {})).list('authorizationData');
    const password = Buffer.from(token?.text('authorizationToken') ?? '', 'base64')
      .toString()
      .split(':')[1];
    if (password !== undefined) learnt.set("the registry's password", password);
    this.#secrets = learnt;
  }
}
