import type { AuthProvider } from '@modelcontextprotocol/client' with { 'resolution-mode': 'import' };
import type { McpAccess } from '../../../contract/agent';
import type { Clock } from '../../time';
import { OAuthToken } from './oauth-token';
import type { Fetch } from './server-fetch';

/** How requests are signed, or what stands in their header. */
export interface Access {
  readonly fetch: Fetch;
  readonly authProvider?: AuthProvider;
}

/** @param fetch sends requests */
export async function openAccess(
  access: McpAccess | undefined,
  { secrets, clock }: { readonly secrets: Readonly<Record<string, string>>; readonly clock: Clock },
  fetch: Fetch,
): Promise<Access> {
  switch (access?.kind) {
    case undefined:
      return { fetch };
    case 'bearer': {
      const token = secrets[access.token.name];
      return { fetch, authProvider: { token: () => Promise.resolve(token) } };
    }
    case 'oauth-client': {
      const { kind: _, clientSecret, ...client } = access;
      const sdk = await import('@modelcontextprotocol/client');
      const secret = secrets[clientSecret.name] ?? '';
      return { fetch, authProvider: new OAuthToken({ ...client, clientSecret: secret }, clock, sdk) };
    }
    case 'aws-signature':
      return { fetch: await signing(access.gatewayArn.split(':')[3] ?? '', fetch) };
  }
}

/** Signs each request with the task's role (Signature Version 4). */
async function signing(region: string, fetch: Fetch): Promise<Fetch> {
  const [{ SignatureV4 }, { Sha256 }, { defaultProvider }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-crypto/sha256-js'),
    import('@aws-sdk/credential-provider-node'),
  ]);
  const signer = new SignatureV4({
    service: 'bedrock-agentcore',
    region,
    credentials: defaultProvider(),
    sha256: Sha256,
  });
  return async (input, init = {}) => {
    const url = new URL(input);
    const signed = await signer.sign({
      method: init.method ?? 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...Object.fromEntries(new Headers(init.headers)), host: url.host },
      ...(typeof init.body === 'string' ? { body: init.body } : {}),
    });
    return fetch(url, { ...init, headers: signed.headers });
  };
}
