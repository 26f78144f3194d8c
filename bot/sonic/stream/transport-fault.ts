/** What went wrong on the connection, seen where it happened; the SDK on its own reports most of these alike. */
export type TransportFaultKind =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'connect-timeout'
  | 'untrusted'
  | 'tls'
  | 'settings-timeout'
  | 'not-http2'
  | 'no-response'
  | 'connection-lost'
  | 'stream-reset'
  | 'goaway'
  | 'ping-lost'
  | 'aborted';

/** A failure of the connection to the model. */
export class TransportFault extends Error {
  readonly kind: TransportFaultKind;

  constructor(kind: TransportFaultKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TransportFault';
    this.kind = kind;
  }
}

const BY_CODE: Readonly<Record<string, TransportFaultKind>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'unreachable',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  EPROTO: 'tls',
  ERR_HTTP2_STREAM_ERROR: 'stream-reset',
  ERR_HTTP2_SESSION_ERROR: 'goaway',
  // The peer answered ALPN with something else than h2, or in HTTP/1.1.
  ERR_HTTP2_ERROR: 'not-http2',
};

/** Names of certificate failures: OpenSSL's X509_V_ERR_* without the prefix, and Node's own. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS_/;

/**
 * Gives an error of `node:http2`, `node:tls` or `node:net` its kind. `hadSettings`: the peer had shown before that it
 * speaks HTTP/2, so that nonsense now is a broken connection rather than the wrong peer.
 */
export function faultOf(error: Error, hadSettings: boolean): TransportFault {
  if (error instanceof TransportFault) return error;
  const root = rootOf(error);
  return new TransportFault(kindOf(codeOf(root), hadSettings), root.message, error);
}

/** A stream that waited for a connection is told of its failure in the cause only. */
function rootOf(error: Error): Error {
  const { cause } = error;
  const isWrapped = codeOf(error) === 'ERR_HTTP2_STREAM_CANCEL' && typeof cause === 'object' && cause !== null;
  return isWrapped ? (cause as Error) : error;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function kindOf(code: string, hadSettings: boolean): TransportFaultKind {
  const kind = BY_CODE[code];
  if (kind === 'not-http2' && hadSettings) return 'connection-lost';
  if (kind !== undefined) return kind;
  if (code.startsWith('ERR_SSL_')) return 'tls';
  return CERTIFICATE.test(code) ? 'untrusted' : 'connection-lost';
}
