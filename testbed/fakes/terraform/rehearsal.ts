import { type EmittedStack, layOutWithLocalState, resourceCount } from './emitted';
import type { ProviderServer } from './provider-server';
import { terraform, type TerraformResult } from './terraform';

/** The stacks in the order they are applied. */
export const STACKS = ['state', 'foundation', 'service'] as const;
export type StackKind = (typeof STACKS)[number];

export interface RehearsalOptions {
  readonly environment: string;
  /** The emitted stacks. */
  readonly stacks: Readonly<Record<StackKind, EmittedStack>>;
  /** An empty folder to work in. */
  readonly root: string;
  readonly provider: ProviderServer;
  /** Whether the environment refuses to destroy what holds data. */
  readonly protected: boolean;
  readonly say?: (line: string) => void;
}

/** A step that did not go as it must. */
export class RehearsalError extends Error {
  constructor(stack: string, step: string, { output }: TerraformResult) {
    super(`terraform ${step} of ${stack} did not do what it must:\n${output}`);
    this.name = 'RehearsalError';
  }
}

/** Terraform's summary of a plan, apply or destroy. */
export interface StepReport {
  readonly stack: string;
  readonly step: string;
  readonly summary: string;
  readonly durationMs: number;
}

const SUMMARY = /^(?:Plan: .*|Apply complete! .*|Destroy complete! .*|No changes\..*|Success! .*)$/gm;

/**
 * Takes an environment through its life with real terraform and a provider that knows schemas only: every stack is
 * initialised, validated, planned, applied and planned again, which must find nothing to do; then all are destroyed,
 * which must succeed, or be refused where the environment is protected and the stack holds data.
 * @throws RehearsalError at the first step that goes otherwise
 */
export async function rehearse(options: RehearsalOptions): Promise<StepReport[]> {
  const { environment, stacks, root, provider, say = () => undefined } = options;
  const reports: StepReport[] = [];

  const step = async (
    kind: StackKind,
    name: string,
    args: readonly string[],
    isRight: (result: TerraformResult) => boolean,
  ) => {
    const stack = `${environment}-${kind}`;
    const started = performance.now();
    const result = await terraform({ folder: `${root}/${stack}`, reattach: provider.reattach }, ...args);
    if (!isRight(result)) throw new RehearsalError(stack, name, result);
    const durationMs = Math.round(performance.now() - started);
    const last = result.output.match(SUMMARY)?.at(-1) ?? 'done';
    const summary = result.status === 0 ? last : 'refused, as it must be: it holds data';
    reports.push({ stack, step: name, summary, durationMs });
    say(`${stack.padEnd(20)} ${name.padEnd(11)} ${String(durationMs).padStart(6)} ms  ${summary}`);
  };
  const succeeds = ({ status }: TerraformResult) => status === 0;
  const says = (text: string) => (result: TerraformResult) => result.status === 0 && result.output.includes(text);

  for (const kind of STACKS) {
    const count = resourceCount(stacks[kind]);
    layOutWithLocalState(stacks[kind], root, `${environment}-${kind}`);
    await step(kind, 'init', ['init'], succeeds);
    await step(kind, 'validate', ['validate'], succeeds);
    await step(kind, 'plan', ['plan', '-out=plan'], says(`Plan: ${count} to add, 0 to change, 0 to destroy.`));
    await step(kind, 'apply', ['apply', 'plan'], says(`Apply complete! Resources: ${count} added`));
    await step(kind, 'plan again', ['plan', '-detailed-exitcode'], says('No changes.'));
  }
  for (const kind of [...STACKS].reverse()) {
    const holdsData = options.protected && kind !== 'service';
    await step(kind, 'destroy', ['destroy', '-auto-approve'], (result) =>
      holdsData
        ? result.status !== 0 && result.output.includes('prevent_destroy')
        : says(`Destroy complete! Resources: ${resourceCount(stacks[kind])} destroyed.`)(result),
    );
  }
  return reports;
}
