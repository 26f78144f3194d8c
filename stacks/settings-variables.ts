import { z } from 'zod';
import type { VariableName } from '../contract/variables';

/** Variables of the bot's container. */
export type ContainerVariables = Partial<Record<VariableName, string>>;

/** What a setting may hold that fills a variable; several texts are separated by commas, named ones as `name=text`. */
type Fillable = string | number | boolean | readonly string[] | Readonly<Record<string, string>> | undefined;

function textOf(value: Fillable): string {
  if (typeof value !== 'object') return String(value ?? '');
  return (Array.isArray(value) ? value : Object.entries(value).map((pair) => pair.join('='))).join(',');
}

const filled = z.registry<{ readonly variable: VariableName }>();

/** A setting that the container gets as this variable; its description begins with the variable's name. */
export function fills<S extends z.ZodType<Fillable>>(variable: VariableName, setting: S, about: string): S {
  const described = setting.describe(`${variable}: ${about}`);
  filled.add(described, { variable });
  return described;
}

/** The variables that the settings of a schema fill; a setting without a value, or with an empty list, fills none. */
export function variablesFilled(schema: z.core.$ZodType, value: unknown): ContainerVariables {
  const variable = filled.get(schema)?.variable;
  if (variable !== undefined) {
    const text = textOf(value as Fillable);
    return text === '' ? {} : { [variable]: text };
  }
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return variablesFilled(schema.def.innerType, value);
  }
  if (!(schema instanceof z.ZodObject)) return {};
  const values = value as Readonly<Record<string, unknown>> | undefined;
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  const groups = Object.entries(shape).map(([key, setting]) => variablesFilled(setting, values?.[key]));
  return Object.assign({}, ...groups) as ContainerVariables;
}

/** The paths of the settings that fill a variable, by its name. */
export function settingsThatFill(schema: z.core.$ZodType, path = ''): ReadonlyMap<string, string> {
  const variable = filled.get(schema)?.variable;
  if (variable !== undefined) return new Map([[variable, path]]);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return settingsThatFill(schema.def.innerType, path);
  }
  if (!(schema instanceof z.ZodObject)) return new Map();
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  return new Map(
    Object.entries(shape).flatMap(([key, one]) => [...settingsThatFill(one, path === '' ? key : `${path}.${key}`)]),
  );
}
