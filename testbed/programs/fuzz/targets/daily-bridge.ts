import path from 'node:path';
import { WebSocket } from 'ws';
import { Worker } from '../../../processes';
import { ask } from '../http-client';
import { mutateBytes, mutateJson, mutateText } from '../mutate';
import type { Random } from '../random';
import { Finding, type OpenTarget, type Target } from '../target';

/** What a page of Daily's calls sends to the bot, right and changed; the bot's side runs in a process of its own. */
export const dailyBridge: Target = {
  name: 'daily-bridge',
  open: async () => {
    const worker = await Worker.start(path.join(__dirname, '../../../../bench/bridge-worker.ts'));
    const target = new DailyBridgeTarget(worker, await worker.ask<string>('start'));
    await target.callAnew();
    return target;
  },
};

const ANSWER_WITHIN_MS = 5_000;

class DailyBridgeTarget implements OpenTarget {
  readonly #worker: Worker;
  readonly #origin: string;
  #socket: WebSocket | undefined;
  #sent = 0;

  constructor(worker: Worker, pageUrl: string) {
    this.#worker = worker;
    this.#origin = new URL(pageUrl).origin;
  }

  async callAnew(): Promise<void> {
    const secret = await this.#ask<string>('call');
    this.#socket = await this.#connect(secret);
    const member = { id: 'caller', userId: 'u', muted: false };
    this.#socket?.send(JSON.stringify({ kind: 'joined', members: [member] }));
  }

  async send(random: Random): Promise<void> {
    try {
      await this.#send(random);
    } catch (error) {
      // Perhaps because there is nobody any more.
      await this.#ask('reached');
      throw error;
    }
  }

  async #send(random: Random): Promise<void> {
    if (random.chance(0.03)) return this.#strangerKnocks(random);
    if (this.#socket?.readyState !== WebSocket.OPEN) await this.callAnew();
    this.#socket?.send(random.chance(0.5) ? frame(random) : control(random));
    this.#sent += 1;
    if (this.#sent % 100 === 0) await this.#ask('reached');
  }

  async judge(): Promise<void> {
    this.#socket?.terminate();
    await this.callAnew();
    const before = await this.#ask<{ messages: number }>('reached');
    this.#socket?.send(JSON.stringify({ kind: 'message', from: 'caller', data: { a: 1 } }));
    for (let look = 0; look < 100; look += 1) {
      if ((await this.#ask<{ messages: number }>('reached')).messages > before.messages) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Finding('a good page is not heard any more');
  }

  async close(): Promise<void> {
    this.#socket?.terminate();
    await this.#worker.stop();
  }

  async #strangerKnocks(random: Random): Promise<void> {
    if (random.chance(0.5)) {
      const socket = await this.#connect(mutateText('c2VjcmV0c2VjcmV0c2VjcmV0', random).replace(/[^\w-]/g, 'x') || 'x');
      if (socket !== undefined) throw new Finding('a wrong secret opens the bridge');
      return;
    }
    const target = mutateText(random.pick(['/page', '/page.js', '/call', '/worklet.js']), random).replace(
      /[^!-~]/g,
      'x',
    );
    const { status } = await ask(this.#origin, { method: random.pick(['GET', 'POST', 'HEAD']), path: `/${target}` });
    if (status >= 500) throw new Finding(`the bridge answers ${status}`);
  }

  /** Undefined where the bridge refuses. */
  #connect(secret: string): Promise<WebSocket | undefined> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`${this.#origin.replace('http', 'ws')}/call`, secret, { origin: this.#origin });
      socket.on('open', () => resolve(socket));
      socket.on('error', () => resolve(undefined)).on('close', () => resolve(undefined));
    });
  }

  /** @throws Finding when the process has died, or does not answer */
  async #ask<T>(command: string): Promise<T> {
    const late = new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Finding("the bridge's process does not answer")), ANSWER_WITHIN_MS).unref();
    });
    try {
      return await Promise.race([this.#worker.ask<T>(command), late]);
    } catch (error) {
      throw error instanceof Finding ? error : new Finding(`the bridge's process: ${String(error)}`);
    }
  }
}

function frame(random: Random): Buffer {
  const samples = random.bytes(2 * random.integer(0, 330));
  const header = Buffer.alloc(12);
  header[0] = random.chance(0.9) ? 1 : random.integer(0, 255);
  header[1] = random.integer(0, 3);
  header.writeUInt32LE(random.integer(0, 2 ** 32 - 1), 4);
  return mutateBytes(random.chance(0.2) ? header.subarray(0, 4) : Buffer.concat([header, samples]), random);
}

function control(random: Random): string {
  const member = {
    id: random.pick(['caller', 'b', 'c']),
    userId: random.pick(['u', 'bot-x']),
    muted: random.chance(0.5),
  };
  const message = random.pick<Record<string, unknown>>([
    { kind: 'joined', members: [member] },
    { kind: 'member-joined', member },
    { kind: 'member-updated', member },
    { kind: 'member-left', member },
    { kind: 'message', from: member.id, data: { label: 'rtvi-ai', type: 'client-ready', id: '1', data: {} } },
    { kind: 'message-refused' },
    { kind: 'over', stage: 'call', type: 'ejected' },
    { kind: 'repaired', what: 'element-paused' },
    { kind: 'pong', n: random.integer(0, 9), audible: random.chance(0.5) },
  ]);
  const text = JSON.stringify(random.chance(0.4) ? message : mutateJson(message, random));
  return random.chance(0.05) ? mutateText(text, random) : text;
}
