import { z } from 'zod';
import { type ProtectionReply, readProtectionReply } from './agent-reply';

/** The agent answers in milliseconds unless ECS itself is slow; a caller waits for this. */
const ANSWER_WITHIN_MS = 3_000;
const MAX_REPLY_BYTES = 64 * 1024;

const task = z.object({ Cluster: z.string(), TaskARN: z.string(), ServiceName: z.string().nullish() });

/** This task, as ECS names it. */
export interface TaskIdentity {
  /** Name or ARN. */
  readonly cluster: string;
  readonly taskArn: string;
  /** Undefined for a task that belongs to no service. */
  readonly service: string | undefined;
}

/** The ECS agent, as a container reaches it: over plain HTTP at a link-local address, with no credentials. */
export class EcsAgent {
  readonly #agentUri: string;
  readonly #metadataUri: string;

  constructor(options: { agentUri: string; metadataUri: string }) {
    this.#agentUri = options.agentUri;
    this.#metadataUri = options.metadataUri;
  }

  /** Asks ECS to leave this task alone for so many minutes (1–2880), or no longer. Never rejects; bounded. */
  async setProtection(minutes: number | undefined): Promise<ProtectionReply> {
    const wanted =
      minutes === undefined ? { ProtectionEnabled: false } : { ProtectionEnabled: true, ExpiresInMinutes: minutes };
    const reply = await askJson(`${this.#agentUri}/task-protection/v1/state`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
    });
    if (reply === undefined) return { kind: 'refused', why: 'unreachable' };
    return readProtectionReply(reply.status, reply.body);
  }

  /** This task's identity, or undefined when the agent does not say. Never rejects; bounded. */
  async identify(): Promise<TaskIdentity | undefined> {
    const reply = await askJson(`${this.#metadataUri}/task`, {});
    const known = task.safeParse(reply?.body).data;
    if (known === undefined) return undefined;
    return { cluster: known.Cluster, taskArn: known.TaskARN, service: known.ServiceName ?? undefined };
  }
}

async function askJson(url: string, init: RequestInit): Promise<{ status: number; body: unknown } | undefined> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const text = await response.text();
    if (text.length > MAX_REPLY_BYTES) return undefined;
    return { status: response.status, body: parse(text) };
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
