import { EVENT_PATTERN_LETTERS } from '../aws-limits';
import type { AwsStack } from '../aws-stack';
import type { KnownSecret } from './secrets';

type Matcher = string | { readonly prefix: string } | { readonly wildcard: string };

/** What tells an environment's secrets from others in an event. */
export interface SecretMatchers {
  /** In a request: by name, by ARN, and by ARN without its random end. */
  readonly identifiers: readonly Matcher[];
  /** In a list of requests, as short as can be. */
  readonly shortIdentifiers: readonly Matcher[];
  readonly arns: readonly Matcher[];
  /** In the sentence that an error is told in. */
  readonly messages: readonly Matcher[];
}

/**
 * A pattern for events about the secrets of an environment: exactly these, or where they are too many for a pattern's
 * length, all under the prefix of their names.
 */
export function secretEventPattern(
  stack: AwsStack,
  secrets: readonly KnownSecret[],
  pattern: (matchers: SecretMatchers) => object,
): string {
  // Terraform knows the ARNs only when they are applied; their length is known before.
  const withLengths = secrets.map((secret) => ({ ...secret, arn: `${arnOf(stack, secret.name)}-??????` }));
  const fits = JSON.stringify(pattern(exactly(stack, withLengths))).length <= EVENT_PATTERN_LETTERS;
  return JSON.stringify(pattern(fits ? exactly(stack, secrets) : byPrefix(stack)));
}

const arnOf = ({ arns }: AwsStack, name: string): string => arns.regional('secretsmanager', `secret:${name}`);

const exactly = (stack: AwsStack, secrets: readonly KnownSecret[]): SecretMatchers => ({
  identifiers: secrets.flatMap(({ name, arn }) => [name, arn, arnOf(stack, name)]),
  // Full ARNs do not fit twice.
  shortIdentifiers: secrets.flatMap(({ name }) => [name, { wildcard: `*:secret:${name}*` }]),
  arns: secrets.map(({ arn }) => arn),
  messages: secrets.map(({ name }) => ({ wildcard: `*:secret:${name}-*` })),
});

function byPrefix(stack: AwsStack): SecretMatchers {
  const prefix = `${stack.settings.secrets.namePrefix}/`;
  const arns = [{ prefix: arnOf(stack, prefix) }];
  const identifiers = [{ prefix }, ...arns];
  return { identifiers, shortIdentifiers: identifiers, arns, messages: [{ wildcard: `*:secret:${prefix}*` }] };
}
