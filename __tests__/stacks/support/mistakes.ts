import type { Attributes, EmittedStack } from './synth';

/** Ways to make something wrong in an emitted stack. */

/** Opens JSON in an attribute, lets it be changed, and closes it. */
export function inJson(attributes: Attributes, key: string, change: (json: never) => void): void {
  const json = JSON.parse(attributes[key] as string) as never;
  change(json);
  attributes[key] = JSON.stringify(json);
}

export type Policy = { Statement: Record<string, unknown>[] };
export const policy = (
  attributes: Attributes,
  change: (statements: Record<string, unknown>[]) => void,
  key = 'policy',
) => inJson(attributes, key, ({ Statement }: Policy) => change(Statement));
export const container = (stack: EmittedStack, change: (container: Record<string, unknown>) => void) =>
  inJson(stack.one('aws_ecs_task_definition'), 'container_definitions', ([first]: [Record<string, unknown>]) =>
    change(first),
  );
export const drop = (stack: EmittedStack, type: string) =>
  Reflect.deleteProperty(stack.json['resource'] as object, type);
/** Adds a resource that we never make. */
export const add = (stack: EmittedStack, type: string, attributes: Attributes) => {
  (stack.json['resource'] as Record<string, unknown>)[type] = { added: attributes };
};

/** A rule, what is wrong, in which stack, and how it is made wrong. */
export type Wrong = readonly [
  rule: string,
  what: string,
  stack: 'state' | 'foundation' | 'service',
  (stack: EmittedStack) => void,
];
