import { invalid, valuesOf } from './session-description';

/** What ICE and DTLS need to know of the other side. */
export interface Credentials {
  readonly ufrag: string;
  readonly password: string;
  readonly fingerprint: Fingerprint;
  /** Which side opens DTLS, as the offer has it (RFC 5763 §5). */
  readonly setup: Setup;
  /** The client only answers checks, and sends none (RFC 8445 §2.5). */
  readonly iceLite: boolean;
}

export interface Fingerprint {
  readonly algorithm: string;
  readonly hash: string;
}

type Setup = 'actpass' | 'active' | 'passive';

/* Lengths and alphabet of RFC 8839 §5.4. */
const UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const PASSWORD = /^[A-Za-z0-9+/]{22,256}$/;
/** From the weakest to the strongest. Others, such as the SHA-1 that some clients add, are passed over (RFC 8122 §5). */
const HASH_BYTES: Readonly<Record<string, number>> = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 };

/**
 * The credentials of a transport: of the first of `places` (a section's attributes, then the session's) that names each.
 * Without them there is no ICE and no DTLS, and libdatachannel would wait for ever. Pure.
 * @throws BotError `sdp_invalid`
 */
export function readCredentials(places: readonly (readonly string[])[], session: readonly string[]): Credentials {
  const first = (name: string): readonly string[] =>
    [...places, session].map((lines) => valuesOf(lines, name)).find((values) => values.length > 0) ?? [];
  const [ufrag] = first('ice-ufrag');
  const [password] = first('ice-pwd');
  if (ufrag === undefined || !UFRAG.test(ufrag)) throw invalid('no usable a=ice-ufrag');
  if (password === undefined || !PASSWORD.test(password)) throw invalid('no usable a=ice-pwd');
  const fingerprint = strongest(first('fingerprint'));
  if (fingerprint === undefined) throw invalid('no usable a=fingerprint: SHA-256, SHA-384 or SHA-512 is needed');
  const setup = first('setup')[0] ?? 'actpass';
  if (!isSetup(setup)) throw invalid('a=setup is unknown');
  return {
    ufrag,
    password,
    fingerprint,
    setup,
    iceLite: [...places, session].some((lines) => lines.includes('ice-lite')),
  };
}

/** Whether both belong to one ICE session and one DTLS association. */
export function isSameTransport(a: Credentials, b: Credentials): boolean {
  return a.ufrag === b.ufrag && a.password === b.password && a.fingerprint.hash === b.fingerprint.hash;
}

function isSetup(value: string): value is Setup {
  return ['actpass', 'active', 'passive'].includes(value);
}

function strongest(values: readonly string[]): Fingerprint | undefined {
  const usable = values.map(readFingerprint).filter((value) => value !== undefined);
  return Object.keys(HASH_BYTES)
    .reverse()
    .map((algorithm) => usable.find((fingerprint) => fingerprint.algorithm === algorithm))
    .find((fingerprint) => fingerprint !== undefined);
}

function readFingerprint(value: string): Fingerprint | undefined {
  const [name = '', hash = '', ...rest] = value.split(' ');
  const algorithm = name.toLowerCase();
  const bytes = HASH_BYTES[algorithm];
  if (bytes === undefined || rest.length > 0) return undefined;
  if (hash.length !== bytes * 3 - 1 || !/^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2})*$/.test(hash)) return undefined;
  return { algorithm, hash: hash.toUpperCase() };
}
