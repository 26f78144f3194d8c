import type * as McpSdk from '@modelcontextprotocol/client' with { 'resolution-mode': 'import' };
import type { Clock } from '../../time';

/** A token is not used in its last minute: it might expire on the way. */
const UNUSED_AT_LAST_MS = 60_000;

type UnauthorizedContext = Parameters<NonNullable<McpSdk.AuthProvider['onUnauthorized']>>[0];

interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** No other authorization server is sent the secret. */
  readonly issuer: string;
  readonly scope?: string;
}

interface Token {
  readonly text: string;
  /** On the clock's scale; Infinity where the issuer did not say. */
  readonly expiresAtMs: number;
}

type Sdk = Pick<typeof McpSdk, 'auth' | 'ClientCredentialsProvider' | 'extractWWWAuthenticateParams'>;

/** The token of an agent's client credentials, shared by all its calls: asked for once a server wants one, and in time. */
export class OAuthToken implements McpSdk.AuthProvider {
  readonly #client: OAuthClient;
  readonly #clock: Clock;
  readonly #sdk: Sdk;
  #token: Token | undefined;
  /** How the server asked for a token: so it is asked for again. */
  #asked: UnauthorizedContext | undefined;
  /** The one request for a token that all who wait share. */
  #asking: Promise<void> | undefined;

  constructor(client: OAuthClient, clock: Clock, sdk: Sdk) {
    this.#client = client;
    this.#clock = clock;
    this.#sdk = sdk;
  }

  async token(): Promise<string | undefined> {
    if (this.#asked !== undefined && this.#lastsMs < UNUSED_AT_LAST_MS) {
      // An issuer that is away is no reason to give up a token that still holds.
      await this.#ask(this.#asked).catch(() => undefined);
    }
    return this.#lastsMs > 0 ? this.#token?.text : undefined;
  }

  async onUnauthorized(asked: UnauthorizedContext): Promise<void> {
    this.#asked = asked;
    await this.#ask(asked);
  }

  get #lastsMs(): number {
    return (this.#token?.expiresAtMs ?? -Infinity) - this.#clock.nowMs();
  }

  #ask(asked: UnauthorizedContext): Promise<void> {
    return (this.#asking ??= this.#askNow(asked).finally(() => (this.#asking = undefined)));
  }

  async #askNow(asked: UnauthorizedContext): Promise<void> {
    const { auth, ClientCredentialsProvider, extractWWWAuthenticateParams } = this.#sdk;
    const { issuer, ...client } = this.#client;
    const provider = new ClientCredentialsProvider({ ...client, expectedIssuer: issuer });
    const { response, serverUrl, fetchFn } = asked;
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
    const wanted = {
      ...(scope === undefined ? {} : { scope }),
      ...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl }),
    };
    await auth(provider, { serverUrl, fetchFn, ...wanted });
    const { access_token: text, expires_in: seconds = Infinity } = provider.tokens() ?? {};
    if (text !== undefined) this.#token = { text, expiresAtMs: this.#clock.nowMs() + seconds * 1_000 };
  }
}
