import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import { type WebSocket, WebSocketServer } from 'ws';

type Answer = (response: VoiceResponse, form: Readonly<Record<string, string>>) => void;

/**
 * The least that a customer of Twilio has: webhooks that answer with the official builder, check by the official
 * validator, and a WebSocket that sends back what it hears.
 */
export class EchoBot {
  /** What each path answers. */
  readonly answers = new Map<string, Answer>();
  /** Answered instead of TwiML, by path. */
  readonly raw = new Map<string, { status: number; type: string; body: string | Buffer }>();
  /** What was asked: path, form, and whether the signature is right. */
  readonly asked: { path: string; form: Readonly<Record<string, string>>; isSigned: boolean }[] = [];
  readonly upgrades: { url: string; signature: string; host: string }[] = [];
  /** Everything that came in streams, parsed. */
  readonly messages: Record<string, unknown>[] = [];
  readonly sockets: WebSocket[] = [];
  refuseWith = 0;
  echoes = true;
  readonly #server = createServer(
    (req, res) =>
      void this.#serve(req).then(({ status, type, body }) => res.writeHead(status, { 'Content-Type': type }).end(body)),
  );
  readonly #streams = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #token: string;
  readonly #publicUrl: string;
  #onMessage = new Set<() => void>();

  /** @param publicUrl what signatures are over */
  constructor(token: string, publicUrl: string) {
    this.#token = token;
    this.#publicUrl = publicUrl;
    this.#server.on('upgrade', (req, socket, head) => {
      this.upgrades.push({
        url: req.url ?? '',
        signature: String(req.headers['x-twilio-signature'] ?? ''),
        host: req.headers.host ?? '',
      });
      if (this.refuseWith > 0) {
        socket.end(`HTTP/1.1 ${this.refuseWith} No\r\nConnection: close\r\n\r\n`);
        return;
      }
      this.#streams.handleUpgrade(req, socket, head, (client) => this.#converse(client));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Sends into the newest stream. */
  send(message: object | string | Buffer): void {
    const data =
      typeof message === 'string' || Buffer.isBuffer(message)
        ? message
        : JSON.stringify({ streamSid: this.streamSid, ...message });
    this.sockets.at(-1)?.send(data);
  }

  get streamSid(): string {
    return String(this.messages.findLast(({ event }) => event === 'start')?.['streamSid']);
  }

  /** The first message that fits, of now or later. */
  message(
    event: string,
    fits: (message: Record<string, unknown>) => boolean = () => true,
  ): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.messages.find((message) => message['event'] === event && fits(message));
        if (found === undefined) return;
        this.#onMessage.delete(look);
        resolve(found);
      };
      this.#onMessage.add(look);
      look();
    });
  }

  async #serve(req: IncomingMessage): Promise<{ status: number; type: string; body: string | Buffer }> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    const path = req.url ?? '';
    const signature = String(req.headers['x-twilio-signature'] ?? '');
    const isSigned = validateRequest(this.#token, signature, `${this.#publicUrl}${path}`, form);
    this.asked.push({ path, form, isSigned });
    const raw = this.raw.get(path);
    if (raw !== undefined) return raw;
    const response = new VoiceResponse();
    this.answers.get(path)?.(response, form);
    return { status: 200, type: 'text/xml', body: response.toString() };
  }

  #converse(client: WebSocket): void {
    this.sockets.push(client);
    client.on('error', () => undefined);
    client.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Record<string, unknown>;
      this.messages.push(message);
      if (this.echoes && message['event'] === 'media') {
        const { payload } = message['media'] as { payload: string };
        this.send({ event: 'media', media: { payload } });
      }
      for (const look of [...this.#onMessage]) look();
    });
  }
}
