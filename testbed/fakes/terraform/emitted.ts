import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a `cdk.tf.json` that are looked at here. */
export interface EmittedStack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly terraform: { readonly backend: Readonly<Record<string, unknown>> };
}

export const readStack = (outdir: string, stack: string): EmittedStack =>
  JSON.parse(readFileSync(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8')) as EmittedStack;

export const resourceCount = (stack: EmittedStack): number =>
  Object.values(stack.resource ?? {}).reduce((sum, byId) => sum + Object.keys(byId).length, 0);

/** Every resource and data-source type of the provider `aws` in some stacks. */
export function typesIn(stacks: readonly EmittedStack[]): { resources: Set<string>; dataSources: Set<string> } {
  const types = (of: Readonly<Record<string, unknown>> | undefined) =>
    Object.keys(of ?? {}).filter((type) => type.startsWith('aws_'));
  return {
    resources: new Set(stacks.flatMap(({ resource }) => types(resource))),
    dataSources: new Set(stacks.flatMap(({ data }) => types(data))),
  };
}

/** Which stack's state a remote-state data source reads, from the id that CDKTF gives it. */
const REMOTE_STATE = /^cross-stack-reference-input-(.+)$/;

/**
 * Puts a stack into a working folder, as emitted, with an override beside it that keeps all states in files: an override
 * is terraform's own way to replace a backend without touching the configuration.
 * @returns the working folder
 */
export function layOutWithLocalState(stack: EmittedStack, root: string, name: string): string {
  const folder = layOut(stack, root, name);
  const remoteStates = Object.keys(stack.data?.['terraform_remote_state'] ?? {}).map((id) => {
    const path = join(root, REMOTE_STATE.exec(id)?.[1] ?? id, 'terraform.tfstate');
    return [id, { backend: 'local', config: { path } }] as const;
  });
  writeFileSync(
    join(folder, 'local_override.tf.json'),
    JSON.stringify({
      terraform: { backend: { local: { path: 'terraform.tfstate' } } },
      ...(remoteStates.length === 0 ? {} : { data: { terraform_remote_state: Object.fromEntries(remoteStates) } }),
    }),
  );
  return folder;
}

/** Puts a stack into a working folder exactly as emitted. */
export function layOut(stack: EmittedStack, root: string, name: string): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify(stack, null, 2));
  return folder;
}
