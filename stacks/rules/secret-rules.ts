import { each, type Json, type Rule } from './document';

/** Shapes of secrets. */
const SECRET_SHAPES: readonly RegExp[] = [
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/, // AWS access key id
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\./, // JSON Web Token
  /\bgh[pousr]_[A-Za-z0-9]{20,}\b/, // GitHub token
  /\b(sk|pk|rk)[-_](live|test|proj)?[-_]?[A-Za-z0-9]{20,}\b/, // API keys of several vendors
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/, // Slack token
  /^[0-9a-f]{40,}$/, // Daily's keys are 64 hexadecimal digits
  /^[A-Za-z0-9+/]{40}$/, // AWS secret access key
  /:\/\/[^/\s:@]+:[^/\s:@]+@/, // user and password in a URL
];

/** Whether a string has the shape of a secret. ARNs and references to other resources do not. */
export function looksSecret(text: string): boolean {
  return SECRET_SHAPES.some((shape) => shape.test(text));
}

/** Every string in a value, with the path to it. */
function* stringsIn(value: Json, path = ''): Generator<{ readonly path: string; readonly text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value as Record<string, Json>)) yield* stringsIn(inner, `${path}.${key}`);
  }
}

export const SECRET_RULES: readonly Rule[] = [
  each(
    'no-secret-versions',
    'a value in configuration is a value in the plan and the state',
    ['aws_secretsmanager_secret_version', 'aws_ssm_parameter', 'aws_iam_access_key'],
    () => 'puts a secret value into the state',
  ),
  {
    id: 'no-secret-values',
    controls: 'ECS.8',
    check: ({ resources }) =>
      resources.flatMap(({ address, attributes }) =>
        [...stringsIn(attributes)]
          .filter(({ text }) => looksSecret(text))
          .map(({ path }) => ({ address, problem: `has a value that looks like a secret at ${path.slice(1)}` })),
      ),
  },
];
