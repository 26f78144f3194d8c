import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';

const blocks = z.record(z.string(), z.record(z.string(), z.looseObject({})));

const stackSchema = z.looseObject({
  terraform: z.looseObject({
    backend: z.looseObject({ s3: z.looseObject({ bucket: z.string(), key: z.string() }).optional() }).optional(),
  }),
  resource: blocks.default({}),
  data: blocks.default({}),
  output: z.record(z.string(), z.looseObject({ value: z.unknown() })).default({}),
});

/** A stack as `npm run synth` writes it: Terraform in JSON. */
export type SynthesisedStack = z.infer<typeof stackSchema>;

/** What an expression such as `${aws_iam_role.task.arn}` stands for before anything exists. */
export interface Referenced {
  readonly type: string;
  /** The block as it is written. */
  readonly block: Readonly<Record<string, unknown>>;
  readonly attribute: string;
}

/** The stacks of one environment, and where their expressions lead. */
export class Synthesis {
  readonly #stacks: ReadonlyMap<string, SynthesisedStack>;

  constructor(stacks: ReadonlyMap<string, SynthesisedStack>) {
    this.#stacks = stacks;
  }

  get service(): SynthesisedStack {
    return this.stack('service');
  }

  /** @throws OpsError `not_synthesised` */
  stack(kind: string): SynthesisedStack {
    const stack = this.#stacks.get(kind);
    if (stack !== undefined) return stack;
    throw new OpsError('not_synthesised', `there is no synthesised ${kind} stack`, 'npm run synth');
  }

  /**
   * Follows an expression, through the state of another stack where it leads there, to the block that it names.
   * @param expression without `${` and `}`
   */
  follow(expression: string, from: SynthesisedStack): Referenced | undefined {
    const parts = expression.split('.');
    if (parts[0] === 'data' && parts[1] === 'terraform_remote_state') {
      const [, , name = '', word, ...output] = parts;
      return word === 'outputs' ? this.#followState(from.data['terraform_remote_state']?.[name], output) : undefined;
    }
    const isData = parts[0] === 'data';
    const [type = '', name = '', ...attribute] = isData ? parts.slice(1) : parts;
    const block = (isData ? from.data : from.resource)[type]?.[name];
    return block === undefined ? undefined : { type, block, attribute: attribute.join('.') };
  }

  #followState(state: unknown, [output = '']: readonly string[]): Referenced | undefined {
    const config = z.object({ config: z.object({ bucket: z.string(), key: z.string() }) }).safeParse(state)
      .data?.config;
    const target = [...this.#stacks.values()].find(({ terraform }) => {
      const s3 = terraform.backend?.s3;
      return s3 !== undefined && s3.key === config?.key && s3.bucket === config.bucket;
    });
    const value = target?.output[output]?.value;
    const expression = typeof value === 'string' ? /^\$\{([^}]+)\}$/.exec(value)?.[1] : undefined;
    return target === undefined || expression === undefined ? undefined : this.follow(expression, target);
  }
}

/**
 * Reads what `npm run synth` has written for the environment.
 * @throws OpsError `not_synthesised`
 */
export function readSynthesis(context: Context): Synthesis {
  const folder = context.flags.text('synth') ?? 'cdktf.out';
  const stacks = new Map<string, SynthesisedStack>();
  for (const kind of ['foundation', 'service']) {
    const name = `${folder}/stacks/${context.environment}-${kind}/cdk.tf.json`;
    const path = isAbsolute(name) ? name : context.path(name);
    const fix = `npm run synth -- ${context.environment}`;
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      throw new OpsError('not_synthesised', `${name} is not there: what is to be deployed is not synthesised`, fix);
    }
    try {
      stacks.set(kind, stackSchema.parse(JSON.parse(text)));
    } catch (error) {
      throw new OpsError('definition_invalid', `${name} is not a synthesised stack`, fix, error);
    }
  }
  return new Synthesis(stacks);
}

/** Undoes Terraform's doubling: `$${` is `${`, `%%{` is `%{`. */
export function unescapeTemplates(text: string): string {
  return text.replaceAll('$${', '${').replaceAll('%%{', '%{');
}
