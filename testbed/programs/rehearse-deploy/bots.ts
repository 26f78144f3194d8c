import { START_KEY } from '../../../contract/secrets';
import { FAKE_CREDENTIALS, type FakeBedrock, startFakeBedrock } from '../../fakes/bedrock';
import { LoadBalancer } from '../../fakes/ecs';
import { BotProcess, buildBot } from '../../processes';

export const REHEARSAL_START_KEY = 'start-key-of-the-rehearsal-0123456789';

/**
 * The tasks behind the load balancer: real bots with a model, those that callers meet and those of a release on its way.
 * Changes are made one after the other; `close` waits for them.
 */
export class ReleaseBots {
  /** Those that start from now on take calls, and do not talk. */
  isBroken = false;
  #current: BotProcess | undefined;
  #next: BotProcess | undefined;
  #changing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly sonic: FakeBedrock,
    private readonly balancer: LoadBalancer,
  ) {}

  static async start(): Promise<ReleaseBots> {
    await buildBot();
    const bots = new ReleaseBots(await startFakeBedrock({ voice: 'tone' }), await LoadBalancer.start());
    bots.run('before-any-release');
    await bots.#changing;
    return bots;
  }

  /** The load balancer's. */
  get url(): string {
    return this.balancer.url;
  }

  /** What is in a container's environment, whatever it runs. */
  get container(): Record<string, string> {
    return {
      TRANSPORT: 'webrtc',
      WEBRTC_BIND_ADDRESS: '127.0.0.1',
      BEDROCK_ENDPOINT_URL: this.sonic.url,
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
      [START_KEY]: REHEARSAL_START_KEY,
    };
  }

  /** Callers meet this version only: that of the release on its way where there is one. */
  run(version: string): void {
    this.#change(async (isBroken) => {
      const [before, next] = [this.#current, this.#next];
      if (before !== undefined) this.balancer.deregister(before.url);
      this.balancer.nextRelease = undefined;
      this.#next = undefined;
      await before?.stop();
      this.#current = next ?? (await this.#start(version, isBroken));
      this.balancer.register(this.#current.url);
    });
  }

  /** Requests of a release on its way meet this version; undefined: there is none any more. */
  runNext(version: string | undefined): void {
    this.#change(async (isBroken) => {
      const before = this.#next;
      this.#next = version === undefined ? undefined : await this.#start(version, isBroken);
      this.balancer.nextRelease = this.#next?.url;
      await before?.stop();
    });
  }

  async close(): Promise<void> {
    await this.#changing;
    await Promise.all([this.#current?.stop(), this.#next?.stop()]);
    await Promise.all([this.balancer.close(), this.sonic.close()]);
  }

  #change(change: (isBroken: boolean) => Promise<void>): void {
    const isBroken = this.isBroken;
    this.#changing = this.#changing.then(() => change(isBroken));
  }

  #start(version: string, isBroken: boolean): Promise<BotProcess> {
    return BotProcess.start(0, {
      ...this.container,
      VERSION: version,
      // The model refuses what is signed by it.
      ...(isBroken ? { AWS_SECRET_ACCESS_KEY: 'a-key-that-nobody-knows-0123456789' } : {}),
    });
  }
}
