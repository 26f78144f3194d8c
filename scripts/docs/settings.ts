import { z } from 'zod';
import { OVERRIDES } from '../../stacks/settings-file';
import { RULES_BETWEEN_SETTINGS } from '../../stacks/settings-rules';
import { settingsSchema } from '../../stacks/settings';

/** The parts of a JSON Schema that the documentation reads. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const schema = (): Schema => z.toJSONSchema(settingsSchema, { io: 'input', reused: 'inline' }) as Schema;

/** The schema for editors, which then complete and check settings as they are typed. */
export function settingsJsonSchema(): string {
  return JSON.stringify(schema(), null, 2);
}

function typeInWords({ type, const: only, enum: words, items, minimum, maximum }: Schema): string {
  if (only !== undefined) return JSON.stringify(only);
  if (words) return words.map((word) => JSON.stringify(word)).join(', ');
  if (type === 'array') return `list of ${items ? typeInWords(items) : 'values'}`;
  // The bounds that JavaScript puts on a whole number are no rule of ours.
  const bounded = [minimum, maximum].map((bound) =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined,
  );
  if (type === 'integer' || type === 'number') {
    const [least, most] = bounded;
    if (least !== undefined && most !== undefined) return `${least} to ${most}`;
    return least === undefined ? 'number' : `${least} or more`;
  }
  return type ?? '';
}

/** One row a setting; groups are opened, and each kind of a group that has several. */
function rows(group: Schema, path: string, optionalGroup?: string): string[] {
  return Object.entries(group.properties ?? {}).flatMap(([name, one]) => {
    const full = path === '' ? name : `${path}.${name}`;
    const kinds = one.oneOf ?? one.anyOf;
    if (kinds?.some(({ properties }) => properties)) {
      return kinds.flatMap((kind) => rows(kind, full));
    }
    const isOptional = group.required?.includes(name) !== true && one.default === undefined;
    if (one.properties) return rows(one, full, isOptional ? full : undefined);
    const isRequired = group.required?.includes(name) === true && one.const === undefined;
    const required = optionalGroup === undefined ? '**required**' : `required with \`${optionalGroup}\``;
    const fallback = one.default === undefined ? (isRequired ? required : '') : `\`${JSON.stringify(one.default)}\``;
    return [`| \`${full}\` | ${typeInWords(one)} | ${fallback} | ${one.description ?? ''} |`];
  });
}

/** docs/settings.md. */
export function settingsMarkdown(): string {
  return [
    '<!-- Written by `npm run docs` from stacks/settings.ts; a test sees to it that it is current. -->',
    '',
    '# Settings of a deployment',
    '',
    'One file an environment, `environments/<name>.json`. What is not written has its default; what is wrong stops the synth with file, line, setting and rule. The file names the schema, so editors complete and check it:',
    '',
    '```json',
    '{ "$schema": "./settings.schema.json", "environment": "test", "accountId": "111111111111", … }',
    '```',
    '',
    '| setting | value | default | what it does |',
    '| --- | --- | --- | --- |',
    ...rows(schema(), ''),
    '',
    '`network` is one of three kinds; each has the settings listed after its `kind`.',
    '',
    '## From the environment',
    '',
    'A pipeline knows these better than a file. They are checked by the same rules. `DEPLOY_ENVIRONMENT` chooses the one environment that is synthesised, which they then belong to.',
    '',
    '| variable | setting |',
    '| --- | --- |',
    ...Object.entries(OVERRIDES).map(([variable, path]) => `| \`${variable}\` | \`${path.join('.')}\` |`),
    '',
    '## Rules between settings',
    '',
    ...RULES_BETWEEN_SETTINGS.map(({ path, text }) => `- \`${path.join('.')}\` ${text}.`),
    '',
    'Two environments in one account and region may not both make the same secrets (`secrets.namePrefix`), nor both make the OIDC provider of GitHub (`github.createProvider`).',
    '',
  ].join('\n');
}
