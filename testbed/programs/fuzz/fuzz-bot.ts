import { readFileSync } from 'node:fs';
import { type BotProcess, startBot } from '../../processes';
import { Beat, Caller } from '../../../smoke/caller';
import { type FakeBedrock, type FakeSession, startFakeBedrock } from '../../fakes/bedrock';
import { ask } from './http-client';

const ADMIN_KEY = 'fuzz-admin-key-0123456789';
const MAX_CALLS = 40;
/** A health check that takes longer is a freeze. */
const HEALTHY_WITHIN_MS = 5_000;

/** The built bot in a process of its own, a stand-in for the model, and callers who mean well. */
export class FuzzBot {
  readonly sandbox: FakeBedrock;
  readonly process: BotProcess;
  readonly #beat = new Beat();
  hasExited = false;

  private constructor(sandbox: FakeBedrock, process: BotProcess) {
    this.sandbox = sandbox;
    this.process = process;
    void process.exited.then(() => (this.hasExited = true));
  }

  /** @param more of its environment */
  static async start(more: Readonly<Record<string, string>> = {}): Promise<FuzzBot> {
    const sandbox = await startFakeBedrock({ voice: 'tone', keepAudioOf: 0 });
    const process = await startBot(sandbox.url, MAX_CALLS, {
      ADMIN_API_KEY: ADMIN_KEY,
      UNANSWERED_STARTS_PER_CALLER: '3',
      ...more,
    });
    return new FuzzBot(sandbox, process);
  }

  get url(): string {
    return this.process.url;
  }

  get adminHeaders(): Record<string, string> {
    return { 'X-Api-Key': ADMIN_KEY };
  }

  /** Somebody who calls as Pipecat's client does, and hears the greeting. @throws Error when it does not come */
  async call(): Promise<Caller> {
    const caller = await Caller.connect({ baseUrl: this.url, beat: this.#beat, record: false });
    await caller.waitForMessage('bot-llm-text', 15_000);
    return caller;
  }

  /** Ends a call as an operator. */
  async end(callId: string): Promise<void> {
    await ask(this.url, { method: 'DELETE', path: `/calls/${callId}`, headers: this.adminHeaders });
  }

  /** The calls there are. */
  async calls(): Promise<readonly string[]> {
    const { body } = await ask(this.url, { method: 'GET', path: '/calls', headers: this.adminHeaders });
    return (JSON.parse(body) as { calls: { id: string }[] }).calls.map(({ id }) => id);
  }

  /** The open stream of the model for the call that typed `tag`. */
  sessionOf(tag: string): FakeSession | undefined {
    return this.sandbox.sessions.findLast(
      ({ endedWith, texts }) => endedWith === undefined && texts.some(({ text }) => text.includes(tag)),
    );
  }

  /** Whether it answers `/health` in time. */
  async isHealthy(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(HEALTHY_WITHIN_MS) })).ok;
    } catch {
      return false;
    }
  }

  /** Resident memory of its process, in MB. */
  get rssMb(): number {
    const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.process.pid}/status`, 'utf8'))?.[1];
    return Number(kb) / 1024;
  }

  async stop(): Promise<void> {
    this.process.signal('SIGKILL');
    await this.process.exited;
    await this.sandbox.close();
  }
}
