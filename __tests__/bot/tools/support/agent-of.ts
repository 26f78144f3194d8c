import { Writable } from 'node:stream';
import type { ToolDeclaration } from '../../../../contract/agent';
import { openAgentTools, ToolNetwork } from '../../../../bot/tools';
import type { ToolServices } from '../../../../bot/tools/declared';
import type { CallFacts } from '../../../../bot/tools/tool-runner';
import { createLogger } from '../../../../bot/telemetry/logger';
import { systemClock } from '../../../../bot/time';
import { callFacts, requestOf } from './requests';

/** A logger, and what it was told. */
export function keptLog() {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, logger: createLogger({ level: 'debug', version: 'test', destination }) };
}

/** An agent with these tools; `origin` stands in for api.clinic.example. */
export async function agentOf(
  tools: Readonly<Record<string, ToolDeclaration>>,
  { origin, ...others }: Partial<ToolServices> & { readonly origin?: string } = {},
) {
  const log = keptLog();
  const hosts = origin === undefined ? [] : [{ host: 'api.clinic.example', origin }];
  const network = others.network ?? new ToolNetwork({ clock: systemClock, hosts });
  const agent = await openAgentTools(tools, {
    agent: 'clinic',
    language: 'en-US',
    folder: '/nowhere',
    secrets: {},
    region: 'eu-north-1',
    clock: systemClock,
    logger: log.logger,
    ...others,
    network,
  });
  return {
    agent,
    log,
    ask: async (
      name: string,
      args: unknown = {},
      call: CallFacts = callFacts(),
      signal = new AbortController().signal,
    ) => {
      const answer = await agent.runner().run(requestOf(name, args, call), signal);
      return { ...answer, told: JSON.parse(answer.json) as Record<string, unknown> };
    },
    close: async () => {
      await agent.close();
      network.close();
    },
  };
}
