import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SchemaExtract } from '../../fakes/terraform';
import type { TypeNames } from './block';

/** The types of the AWS provider that the stacks may emit: of every binding that they import. */
export function typesOfStacks(): TypeNames {
  const files = readdirSync('stacks', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const modules = files.flatMap((file) => {
    const imports = readFileSync(join('stacks', file), 'utf8').matchAll(/from '@cdktf\/provider-aws\/lib\/([\w-]+)'/g);
    return [...imports].map(([, module = '']) => module);
  });
  const all = [...new Set(modules)].filter((module) => module !== 'provider').sort();
  const typeOf = (module: string): string => `aws_${module.replaceAll('-', '_')}`;
  return {
    resources: all.filter((module) => !module.startsWith('data-aws-')).map(typeOf),
    dataSources: all.filter((module) => module.startsWith('data-aws-')).map((module) => typeOf(module.slice(9))),
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON with a line for each group of attributes and each innermost block, so that a renewal is read as a difference. */
function lines(value: unknown, indent: string): string {
  const isLeaf = !isObject(value) || Object.values(value).every((inner) => !isObject(inner));
  const isInnermostBlock = isObject(value) && isObject(value['block']) && !('blocks' in value['block']);
  if (isLeaf || isInnermostBlock) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([name, inner]) => `${indent}  ${JSON.stringify(name)}: ${lines(inner, `${indent}  `)}`,
  );
  return `{\n${entries.join(',\n')}\n${indent}}`;
}

/** The text of aws-schema.json. */
export const renderExtract = (extract: SchemaExtract): string => `${lines(extract, '')}\n`;
