import type { HttpTool } from '../../../contract/agent';
import { z } from 'zod';
import { declaredRules, type DeclaredPlace } from '../declared';
import { connectionFailure } from '../network/connection-failure';
import { headerText } from '../secrets';
import { defineTool, type Tool, type ToolContext } from '../tool';
import { readAnswer } from './answer';
import { followed, retryAfterMs } from './again';
import { addQuery, fillUrl } from './url-template';

type Values = Readonly<Record<string, unknown>>;

/** A declared request. */
export function httpTool(declared: HttpTool, place: DeclaredPlace): Tool {
  const isRead = declared.method === 'GET';
  return defineTool({
    ...declaredRules(declared, place, isRead ? 'any' : 'once'),
    schema: declared.arguments ?? z.object({}),
    identity: `http ${declared.method} ${declared.url}`,
    run: async (args, context) => {
      const request = requestOf(declared, args, context, place.services.secrets);
      const response = await ask(request, place);
      return readAnswer(response, declared, place.services.secrets);
    },
  });
}

interface Request {
  readonly url: URL;
  readonly init: RequestInit & { readonly signal: AbortSignal };
  readonly isRead: boolean;
}

function requestOf(
  declared: HttpTool,
  args: Values,
  { variables, idempotencyKey, signal }: ToolContext,
  secrets: Readonly<Record<string, string>>,
): Request {
  const { method } = declared;
  const isRead = method === 'GET';
  const { url, used } = fillUrl(declared.url, args, variables);
  const rest = Object.entries(args).filter(([name]) => !used.has(name));
  const inQuery = rest.filter(([name]) => isRead || declared.query?.includes(name) === true);
  const inBody = rest.filter((entry) => !inQuery.includes(entry));
  addQuery(url, Object.fromEntries(inQuery));
  const body = inBody.length === 0 ? undefined : JSON.stringify(Object.fromEntries(inBody));
  const headers: Record<string, string> = {
    accept: 'application/json',
    'user-agent': 'voice-agent',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(isRead ? {} : { 'idempotency-key': idempotencyKey }),
  };
  for (const [name, value] of Object.entries(declared.headers ?? {})) {
    headers[name.toLowerCase()] = headerText(value, secrets);
  }
  return { url, isRead, init: { method, headers, signal, ...(body === undefined ? {} : { body }) } };
}

/** Sends a request: a read that is redirected on its own host is followed, and one that is asked to wait is tried once more. */
async function ask({ url, init, isRead }: Request, { services: { network, clock } }: DeclaredPlace): Promise<Response> {
  try {
    const send = (target: URL): Promise<Response> => network.fetch(target, init);
    const response = await followed(url, isRead, send);
    const waitMs = isRead ? retryAfterMs(response) : undefined;
    if (waitMs === undefined) return response;
    await response.body?.cancel();
    await new Promise<void>((resolve) => {
      const timer = clock.after(waitMs, resolve);
      init.signal.addEventListener(
        'abort',
        () => {
          timer.cancel();
          resolve();
        },
        { once: true },
      );
    });
    return await followed(url, isRead, send);
  } catch (error) {
    throw connectionFailure(error);
  }
}
