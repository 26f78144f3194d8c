import { decode, encode, ExtData, ExtensionCodec } from '@msgpack/msgpack';

/** A value that is known only after apply. */
export const UNKNOWN = Symbol('known after apply');

/** Bytes are the type that a value of dynamic type carries with it; they pass through unread. */
export type Value = string | number | boolean | null | Uint8Array | typeof UNKNOWN | Value[] | { [key: string]: Value };

/** Terraform marks an unknown value by extension 0, and by 12 where it knows something about it. */
const UNKNOWN_TYPES = [0, 12];
const codec = new ExtensionCodec();
for (const type of UNKNOWN_TYPES) codec.register({ type, encode: () => null, decode: () => UNKNOWN });

/** Reads a value as Terraform's protocol carries it. */
export function decodeValue(bytes: Uint8Array): Value {
  return bytes.length === 0 ? null : (decode(bytes, { extensionCodec: codec }) as Value);
}

/** Symbols cannot be registered with the codec, so they are replaced by the extension itself. */
function withExtensions(value: Value): unknown {
  if (value === UNKNOWN) return new ExtData(0, new Uint8Array([0]));
  if (Array.isArray(value)) return value.map(withExtensions);
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withExtensions(inner)]));
  }
  return value;
}

export function encodeValue(value: Value): Buffer {
  return Buffer.from(encode(withExtensions(value)));
}

export const isObject = (value: Value | undefined): value is { [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
