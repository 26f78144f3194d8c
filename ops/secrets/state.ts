import { parseJson } from '../cli/json';
import type { OpsError } from '../cli/ops-error';

/** What Secrets Manager holds under a name. */
export type SecretState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'deleted'; readonly arn: string; readonly on: Date }
  /** A container without a value, as the foundation stack makes it. */
  | { readonly kind: 'empty'; readonly arn: string }
  | { readonly kind: 'present'; readonly arn: string; readonly versionId: string; readonly values: SecretValues }
  /** A value that is no JSON object. */
  | { readonly kind: 'malformed'; readonly arn: string; readonly versionId: string }
  /** There is a value, and the caller may not read it. */
  | { readonly kind: 'unreadable'; readonly arn: string; readonly versionId: string; readonly why: OpsError };

/** The JSON object of a secret, with whatever else is in it. */
export type SecretValues = Readonly<Record<string, unknown>>;

/** The object in a secret's text, or undefined when it holds none. */
export function parseValues(text: string): SecretValues | undefined {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as SecretValues) : undefined;
}
