import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** CPU and memory of one process over a span. */
export interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly rssMb: number;
}

/** What a worker took since it was asked to measure. */
export interface Load {
  /** In % of a core. */
  readonly cpuPercent: number;
  /** How long its event loop stood still: one time of a hundred, and the longest. */
  readonly p99LagMs: number;
  readonly worstLagMs: number;
}

/** A part of a bench in a process of its own, so that what it costs can be told from what the others cost. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #name: string;
  #nextId = 0;

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
  }

  /** Starts a TypeScript program that serves commands; `file` is its absolute path. */
  static async start(file: string): Promise<Worker> {
    const child = fork(file, [], { execArgv: ['--import', 'tsx'] });
    await once(child, 'message');
    return new Worker(path.basename(file, '.ts'), child);
  }

  /** The local Bedrock as a process of its own. */
  static startBedrock(): Promise<Worker> {
    return Worker.start(path.join(__dirname, 'bedrock-worker.ts'));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Asks it to do something and waits for the answer. @throws Error when it fails or dies. */
  ask<T>(command: string, argument: unknown = null): Promise<T> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const onMessage = (reply: { id: number; result?: T; error?: string }): void => {
        if (reply.id !== id) return;
        this.#child.off('message', onMessage);
        this.#child.off('exit', onExit);
        if (reply.error === undefined) resolve(reply.result as T);
        else reject(new Error(`${this.#name} ${command}: ${reply.error}`));
      };
      const onExit = (code: number | null): void => reject(new Error(`${this.#name} died with ${String(code)}`));
      this.#child.on('message', onMessage);
      this.#child.once('exit', onExit);
      this.#child.send({ id, command, argument });
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

type Handler = (argument: never) => unknown;

/** The worker's side: answers each command with what its handler returns. */
export function serve(own: Readonly<Record<string, Handler>>): void {
  const handlers = { ...own, ...loadHandlers() };
  process.on('message', (request: { id: number; command: string; argument: unknown }) => {
    void (async () => {
      try {
        const handler = handlers[request.command];
        if (handler === undefined) throw new Error('unknown command');
        const result: unknown = await handler(request.argument as never);
        process.send?.({ id: request.id, result: result ?? null });
      } catch (error) {
        process.send?.({
          id: request.id,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
    })();
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ id: -1 });
}

/** Every worker can tell what it took. */
function loadHandlers(): Readonly<Record<string, Handler>> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let cost = measureCost();
  return {
    measureLoad() {
      delay.enable();
      delay.reset();
      cost = measureCost();
    },
    load(): Load {
      const { cpuMs, wallMs } = cost();
      return { cpuPercent: (100 * cpuMs) / wallMs, p99LagMs: delay.percentile(99) / 1e6, worstLagMs: delay.max / 1e6 };
    },
  };
}

/** Measures this process until the returned function is called. */
export function measureCost(): () => Cost {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    const rssMb = process.memoryUsage.rss() / 1_048_576;
    return { cpuMs: (user + system) / 1000, wallMs: performance.now() - startedMs, rssMb };
  };
}

/** Lets `ms` pass: the span that is measured. */
export function span(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
