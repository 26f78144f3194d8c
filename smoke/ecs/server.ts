import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerAgent, type AgentAnswer } from './agent-routes';
import { answerApi } from './api-routes';
import { FakeCluster, type FakeTask } from './cluster';

/** What ECS puts into a container's environment, and where the SDK finds the stand-in for its API. */
export interface TaskEnvironment {
  readonly ECS_AGENT_URI: string;
  readonly ECS_CONTAINER_METADATA_URI_V4: string;
  readonly AWS_ENDPOINT_URL_ECS: string;
}

/** One wish for protection, as it came. */
export interface SeenWish {
  readonly taskId: string;
  readonly body: string;
  readonly status: number;
}

/** ECS on loopback: the agent of every task of a cluster, and the API that it asks about itself. */
export class FakeEcs {
  readonly cluster: FakeCluster;
  /** Every wish for protection, in order. */
  readonly wishes: SeenWish[] = [];
  /** Requests are left without an answer while this is set, as when the agent hangs. */
  silent = false;
  readonly #server: Server;

  private constructor(cluster: FakeCluster) {
    this.cluster = cluster;
    this.#server = createServer((req, res) => {
      void readBody(req).then((body) => {
        if (this.silent) return;
        const { status, body: answer } = this.#answer(req, body);
        res.writeHead(status, { 'content-type': 'application/json' });
        res.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      });
    });
  }

  static async start(options: { nowMs?: () => number } = {}): Promise<FakeEcs> {
    const ecs = new FakeEcs(new FakeCluster(options));
    await new Promise<void>((resolve) => ecs.#server.listen(0, '127.0.0.1', resolve));
    return ecs;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  environmentOf(task: FakeTask): TaskEnvironment {
    return {
      ECS_AGENT_URI: `${this.url}/api/${task.id}`,
      ECS_CONTAINER_METADATA_URI_V4: `${this.url}/v4/${task.id}`,
      AWS_ENDPOINT_URL_ECS: this.url,
    };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(req: IncomingMessage, body: string): AgentAnswer {
    const { method = 'GET', url: path = '/', headers } = req;
    const target = headers['x-amz-target'];
    if (method === 'POST' && typeof target === 'string') {
      return answerApi(this.cluster, { target, authorization: headers.authorization, body });
    }
    const answer = answerAgent(this.cluster, { method, path, contentType: headers['content-type'], body });
    const taskId = /^\/api\/([^/]+)\//.exec(path)?.[1];
    if (method === 'PUT' && taskId !== undefined) this.wishes.push({ taskId, body, status: answer.status });
    return answer;
  }
}

async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
