import type { McpTools } from '../../../contract/agent';
import { BotError } from '../../errors';
import type { Timer } from '../../time';
import type { DeclaredPlace } from '../declared';
import { ToolFailure } from '../tool';
import { McpServer } from './mcp-server';
import { type Offered, offeredTools } from './offered-tools';
import { ToolPins } from './pins';

/** An optional server that is away is looked for again. */
const LOOK_AGAIN_MS = 30_000;

/** A server's tools that an agent offers: as of now, since the server may change them. */
export interface OpenMcpTools {
  offered(): Offered;
  /** Grows when they change. */
  revision(): number;
  close(): Promise<void>;
}

/**
 * Lists a server's tools before a call needs them.
 * @throws BotError `config_invalid` where a required server is away, or has not what the agent names
 */
export async function openMcpTools(declared: McpTools, place: DeclaredPlace): Promise<OpenMcpTools> {
  const { where, services } = place;
  const { clock, logger, agent } = services;
  const none: Offered = {
    tools: [],
    missing: Object.keys(declared.tools).map((name) => ({ name, reason: 'the server is away', isMisfit: false })),
  };
  const pins = new ToolPins();
  let offered = none;
  let revision = 0;
  let timer: Timer | undefined;
  let isClosed = false;
  const take = (listed: Parameters<typeof offeredTools>[1]): void => {
    offered = offeredTools(declared, listed, server, pins, place);
    revision += 1;
    for (const { name, reason } of offered.missing) logger.warn({ agent, tool: name, reason }, 'tool is left out');
  };
  const server = await McpServer.of(declared, services, (listed) => {
    take(listed);
    logger.info({ agent, tools: offered.tools.length }, 'tools of a server changed');
  });
  const lookAgain = (): void => {
    if (isClosed) return;
    timer = clock.after(LOOK_AGAIN_MS, () => void server.list().then(take, lookAgain));
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    timer?.cancel();
    await server.close();
  };
  const host = new URL(declared.url).host;
  try {
    take(await server.list());
  } catch (cause) {
    if (declared.isOptional !== true) {
      await close();
      throw new BotError('config_invalid', `${where}: its MCP server ${host} cannot be reached (${reasonOf(cause)})`, {
        cause,
      });
    }
    logger.warn({ agent, host, reason: reasonOf(cause) }, 'an optional server of tools is away');
    lookAgain();
  }
  const lost = offered.missing.find(({ isMisfit }) => isMisfit);
  if (lost !== undefined && declared.isOptional !== true) {
    await close();
    throw new BotError('config_invalid', `${where}.tools.${lost.name}: ${lost.reason} (${host})`);
  }
  return { offered: () => offered, revision: () => revision, close };
}

function reasonOf(error: unknown): string {
  if (error instanceof ToolFailure) return error.reason ?? error.message;
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name;
}
