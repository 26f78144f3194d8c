import { request } from 'node:http';
import { connect } from 'node:net';

/** What came back; `undefined`: the connection was closed without an answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

interface RequestParts {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The address it comes from: any of 127.0.0.0/8 is this machine. */
  readonly from?: string;
}

const ANSWER_WITHIN_MS = 10_000;

/** Sends a well-formed request. @throws Error when it is not answered in time */
export function ask(baseUrl: string, { method, path, headers = {}, body, from }: RequestParts): Promise<HttpAnswer> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        headers: { Host: `${hostname}:${port}`, ...headers },
        agent: false,
        ...(from === undefined ? {} : { localAddress: from }),
        timeout: ANSWER_WITHIN_MS,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body: text }),
        );
        response.on('error', reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} was not answered in time`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends bytes as they are, and reads until the bot closes or has answered. */
export function askRaw(baseUrl: string, bytes: string, from: string): Promise<HttpAnswer | undefined> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress: from });
    let received = '';
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const head = /^HTTP\/1\.1 (\d{3})/.exec(received);
      const type = /^content-type: ([^\r;]+)/im.exec(received)?.[1] ?? '';
      resolve(head === null ? undefined : { status: Number(head[1]), type, body: received.split('\r\n\r\n')[1] ?? '' });
    };
    // What was not finished is waited for by the bot, rightly.
    const timer = setTimeout(end, 200);
    socket.setEncoding('latin1').on('data', (piece: string) => {
      received += piece;
      if (/\r\n\r\n[^]*$/.test(received)) end();
    });
    socket.on('error', end).on('close', end);
    socket.write(bytes, 'latin1');
  });
}
