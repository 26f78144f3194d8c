/** An emitted resource. Rules check what Terraform will read, including tags and overrides. */
export type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };
export type Attributes = Readonly<Record<string, Json>>;

export interface Resource {
  readonly type: string;
  /** `aws_s3_bucket.state_bucket_1A2B3C4D` */
  readonly address: string;
  readonly attributes: Attributes;
}

/** A stack's `cdk.tf.json`. */
export interface TerraformDocument {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly terraform?: Attributes;
}

/** The settings that rules depend on. */
export interface RuleContext {
  readonly protected: boolean;
  readonly allowPlainHttp: boolean;
  /** The default VPC has public subnets only. */
  readonly publicTasks: boolean;
  /** The UDP port at which tasks take media straight from callers; undefined where they do not. */
  readonly mediaPort: number | undefined;
  /** What passes the load balancer in telephone calls; undefined where there are none. */
  readonly phone: { readonly deregistrationSeconds: number } | undefined;
  /** Where records of calls lie, and for how long; undefined where none are kept. */
  readonly records: { readonly bucket: string; readonly retentionDays: number } | undefined;
}

/** A broken rule at a resource. */
export interface Violation {
  readonly address: string;
  readonly problem: string;
}

/** One rule of the guardrails. `controls` are the identifiers of AWS's Foundational Security Best Practices and Checkov. */
export interface Rule {
  readonly id: string;
  readonly controls: string;
  readonly check: (document: ReadDocument, context: RuleContext) => Violation[];
}

export class ReadDocument {
  readonly resources: readonly Resource[];
  readonly terraform: Attributes;

  constructor(document: TerraformDocument) {
    this.resources = Object.entries(document.resource ?? {}).flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, attributes]) => ({ type, address: `${type}.${id}`, attributes })),
    );
    this.terraform = document.terraform ?? {};
  }

  all(...types: readonly string[]): Resource[] {
    return this.resources.filter(({ type }) => types.includes(type));
  }

  /** Whether a resource of `type` refers to `target` in its attribute. */
  refersTo(type: string, attribute: string, target: Resource): boolean {
    return this.all(type).some(({ attributes }) =>
      JSON.stringify(attributes[attribute] ?? '').includes(`${target.address}.`),
    );
  }
}

/** A rule on every resource of some types: `problem` says what is wrong, or undefined. */
export function each(
  id: string,
  controls: string,
  types: readonly string[],
  problem: (resource: Resource, context: RuleContext, document: ReadDocument) => string | undefined,
): Rule {
  return {
    id,
    controls,
    check: (document, context) =>
      document.all(...types).flatMap((resource) => {
        const found = problem(resource, context, document);
        return found === undefined ? [] : [{ address: resource.address, problem: found }];
      }),
  };
}

export const isObject = (value: Json): value is Attributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as text, the way a reader sees it; JSON where it is more than a scalar. */
export const text = (value: Json): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** A value as a list: a single one becomes a list of one, nothing an empty one. */
export function asList(value: Json): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

/** Blocks are objects or lists of objects. */
export const blocks = (value: Json): Attributes[] => asList(value).filter(isObject);

/** The value at a path of blocks, taking the first of each. */
export function at(attributes: Attributes, ...path: readonly string[]): Json {
  let value: Json = attributes;
  for (const part of path) {
    const block: Attributes | undefined = blocks(value)[0];
    value = block?.[part];
  }
  return value;
}

/** JSON text in an attribute, or undefined when there is none or it is not JSON. */
export function json(value: Json): Json {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return undefined;
  }
}
