import { OpsError } from '../cli/ops-error';
import { CURRENT } from '../secrets/store';
import type { Synthesis, SynthesisedStack } from './synthesised';

/** Where ECS takes a variable's value from. */
export interface ValueFrom {
  /** A secret's name, where the definition refers to one that another stack makes; else its ARN. */
  readonly secretId: string;
  readonly secretName: string;
  /** The key in the secret's JSON; undefined injects the whole text. */
  readonly jsonKey: string | undefined;
  readonly stage: string | undefined;
  readonly versionId: string | undefined;
}

const ARN = /^(arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:([^:]+))(?::([^:]*):([^:]*):([^:]*))?$/;
const REFERENCE = /^\$\{([^}]+)\}(?::([^:]*):([^:]*):([^:]*))?$/;
const SUFFIX = /-[A-Za-z0-9]{6}$/;

/**
 * Reads a `valueFrom` as ECS does: an ARN, and after it JSON key, stage and version, each of which may be empty but whose
 * colons may not be left out.
 * @throws OpsError `definition_invalid`
 */
export function parseValueFrom(
  variable: string,
  valueFrom: string,
  synthesis: Synthesis,
  stack: SynthesisedStack,
): ValueFrom {
  const [, arn, nameAndSuffix, ...rest] = ARN.exec(valueFrom) ?? [];
  if (arn !== undefined && nameAndSuffix !== undefined) {
    return { secretId: arn, secretName: nameAndSuffix.replace(SUFFIX, ''), ...selectors(rest) };
  }
  const [, expression, ...more] = REFERENCE.exec(valueFrom) ?? [];
  const found = expression === undefined ? undefined : synthesis.follow(expression, stack);
  const name = found?.block['name'];
  if (found?.type !== 'aws_secretsmanager_secret' || typeof name !== 'string') {
    throw new OpsError(
      'definition_invalid',
      `the valueFrom of ${variable} is neither a secret's ARN (with :KEY:STAGE:VERSION) nor a reference to one`,
      'Look at stacks/constructs/container.ts, then npm run synth.',
    );
  }
  if (found.attribute !== 'arn' && found.attribute !== 'id') {
    throw new OpsError(
      'definition_invalid',
      `the valueFrom of ${variable} is the secret's ${found.attribute}, not its ARN`,
    );
  }
  return { secretId: name, secretName: name, ...selectors(more) };
}

function selectors([key, stage, versionId]: readonly (string | undefined)[]) {
  return { jsonKey: key || undefined, stage: stage || undefined, versionId: versionId || undefined };
}

/** What ECS asks Secrets Manager for: a version, else a stage, else the newest. */
export function whichValue({ stage, versionId }: ValueFrom): { stage: string } | { versionId: string } {
  return versionId === undefined ? { stage: stage ?? CURRENT } : { versionId };
}
