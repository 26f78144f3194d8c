import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ServedAgent } from '../../contract/agent';
import { readThrown } from '../cli/thrown';

/** A host that tools connect to. */
export interface Reached {
  readonly host: string;
  readonly port: number;
  /** Whether it must show a certificate for its name; what code speaks is its own affair. */
  readonly isTls: boolean;
}

const ANSWERS_WITHIN_MS = 4_000;

/** Every host that the agents' tools connect to, once. */
export function hostsOf(agents: readonly ServedAgent[]): Reached[] {
  const withTls = new Map<string, boolean>();
  for (const { definition, needs } of agents) {
    const secure = Object.values(definition.tools ?? {}).flatMap((tool) =>
      (tool.kind === 'http' || tool.kind === 'mcp') && URL.canParse(tool.url.replaceAll(/[{}]/g, ''))
        ? [new URL(tool.url.replaceAll(/[{}]/g, '')).hostname]
        : [],
    );
    for (const one of needs.hosts) {
      const isSecure = secure.includes(one.slice(0, one.lastIndexOf(':')));
      withTls.set(one, isSecure || withTls.get(one) === true);
    }
  }
  return [...withTls].map(([one, isTls]) => {
    const colon = one.lastIndexOf(':');
    return { host: one.slice(0, colon), port: Number(one.slice(colon + 1)), isTls };
  });
}

/** Connects, and hangs up without a word. Resolves to why not, in words; undefined: it can be reached. */
export function whyUnreachable({ host, port, isTls }: Reached, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]);
    const socket: Socket = isTls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
    const end = (why: string | undefined): void => {
      limit.removeEventListener('abort', stop);
      socket.destroy();
      resolve(why);
    };
    const stop = (): void => end(signal.aborted ? 'interrupted' : `no answer within ${ANSWERS_WITHIN_MS / 1000} s`);
    limit.addEventListener('abort', stop);
    socket.once(isTls ? 'secureConnect' : 'connect', () => end(undefined));
    socket.once('error', (error) => end(readThrown(error).code || readThrown(error).message));
  });
}
