import { connect, type Socket } from 'node:net';
import type { FuzzBot } from '../fuzz-bot';
import { ask, askRaw } from '../http-client';
import { mutateJson, mutateLines, mutateText } from '../mutate';
import type { Random } from '../random';
import { Finding, type OpenTarget, type Target } from '../target';

/** All from one address. */
const FROM = '127.0.0.9';
const PATHS = [
  '/',
  '/health',
  '/ready?deep=1',
  '/metrics',
  '/start',
  '/connect',
  '/api/offer',
  '/calls',
  '/robots.txt',
] as const;
const METHODS = ['GET', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PUT', 'PROPFIND'] as const;
/** A page on this host would reach the bot by DNS rebinding. */
const FOREIGN = 'attacker.example';
const MOST_CONNECTIONS = 600;
/** Statuses of faults that are answered on purpose. */
const FINE = new Set([502, 503, 504]);

/** Requests: well-formed ones that are asked for what they must not get, and changed ones, byte by byte. */
export const http: Target = { name: 'http', open: (bot) => Promise.resolve(new HttpTarget(bot)) };

class HttpTarget implements OpenTarget {
  readonly #bot: FuzzBot;
  readonly #idle: Socket[] = [];
  /** A session of its own, for signalling too often. */
  #sessionId: string | undefined;
  #signalled = 0;

  constructor(bot: FuzzBot) {
    this.#bot = bot;
  }

  async send(random: Random): Promise<void> {
    switch (random.integer(0, 9)) {
      case 0:
        return this.#startsFromAForeignPage(random);
      case 1:
        return this.#wrongKey(random);
      case 2:
        return this.#startsAndStaysAway();
      case 3:
        this.#openIdle();
        return;
      case 4:
        return this.#signalsAgain(random);
      default:
        return this.#malformed(random);
    }
  }

  async judge(): Promise<void> {
    const { status } = await ask(this.#bot.url, {
      method: 'GET',
      path: '/calls',
      headers: this.#bot.adminHeaders,
      from: FROM,
    });
    if (status !== 200) throw new Finding(`the right admin key is answered with ${status} after wrong ones`);
    const open = this.#idle.filter(({ destroyed }) => !destroyed).length;
    if (open > MOST_CONNECTIONS) throw new Finding(`${open} idle connections of one address are kept`);
  }

  close(): Promise<void> {
    for (const socket of this.#idle) socket.destroy();
    return Promise.resolve();
  }

  async #startsFromAForeignPage(random: Random): Promise<void> {
    const host = `${random.pick(['', 'www.', '127.0.0.1.', 'localhost.'])}${FOREIGN}${random.pick(['', ':7860'])}`;
    const headers = { Host: host, Origin: `http://${host}`, 'Content-Type': 'application/json' };
    const { status } = await ask(this.#bot.url, { method: 'POST', path: '/start', headers, body: '{}', from: FROM });
    if (status === 200) throw new Finding(`a page of ${host} may start calls by DNS rebinding`);
  }

  async #wrongKey(random: Random): Promise<void> {
    const headers = { 'X-Api-Key': mutateText(`wrong-key-${random.integer(0, 1e9)}`, random).replace(/[^!-~]/g, '.') };
    const path = random.pick(['/calls', '/calls/x', '/ready?deep=1']);
    const { status } = await ask(this.#bot.url, { method: 'GET', path, headers, from: FROM });
    if (status === 200) throw new Finding(`${path} is answered to a wrong key`);
  }

  async #startsAndStaysAway(): Promise<void> {
    const headers = { 'Content-Type': 'application/json' };
    const { status, body } = await ask(this.#bot.url, {
      method: 'POST',
      path: '/start',
      headers,
      body: '{}',
      from: FROM,
    });
    if (status === 200) this.#sessionId ??= (JSON.parse(body) as { sessionId: string }).sessionId;
  }

  #openIdle(): void {
    const { hostname, port } = new URL(this.#bot.url);
    for (let n = 0; n < 30; n += 1) {
      const socket = connect({ host: hostname, port: Number(port), localAddress: FROM });
      socket.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      this.#idle.push(socket);
    }
  }

  async #signalsAgain(random: Random): Promise<void> {
    if (this.#sessionId === undefined) return;
    const path = `/sessions/${this.#sessionId}/api/offer`;
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ sdp: 'v=0', type: 'offer', restart_pc: random.chance(0.5) });
    for (let n = 0; n < 5; n += 1) {
      const { status } = await ask(this.#bot.url, { method: 'POST', path, headers, body, from: FROM });
      this.#signalled += status === 429 ? -this.#signalled : 1;
    }
    if (this.#signalled > 100) throw new Finding(`${this.#signalled} offers of one session are all taken up`);
  }

  async #malformed(random: Random): Promise<void> {
    const answer = await askRaw(this.#bot.url, rawRequest(random), FROM);
    if (answer === undefined || answer.status < 400) return;
    if (answer.status >= 500 && !FINE.has(answer.status))
      throw new Finding(`a request is answered with ${answer.status}`);
    // What /ready says is no problem.
    if (answer.status === 503 && answer.type === 'application/json') return;
    if (answer.body !== '' && answer.type !== 'application/problem+json') {
      throw new Finding(`${answer.status} is answered as ${answer.type || 'no type'}: ${answer.body.slice(0, 60)}`);
    }
  }
}

/** A request whose lines, target or body were changed. */
function rawRequest(random: Random): string {
  const path = random.chance(0.5) ? random.pick(PATHS) : mutateText(random.pick(PATHS), random).replace(/[\s\0]/g, '');
  const authority = random.pick(['x', '127.0.0.1', 'x:99999', '[', '']);
  const target = random.chance(0.3) ? `${random.pick(['http', 'https', 'ftp'])}://${authority}${path}` : path;
  const body = JSON.stringify(mutateJson({ transport: 'webrtc', createDailyRoom: false, caller: 'x' }, random));
  const lines = [
    `${random.pick(METHODS)} ${target} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Origin: ${random.pick(['null', 'http://127.0.0.1', 'http://evil.example'])}`,
    `X-Forwarded-For: ${random.pick(['192.0.2.1', '::1', 'x'])}`,
  ];
  const [first = '', ...rest] = lines;
  const changed = random.chance(0.5) ? [first, ...mutateLines(rest, random)] : lines;
  return `${changed.join('\r\n')}\r\n\r\n${random.chance(0.8) ? body : ''}`;
}
