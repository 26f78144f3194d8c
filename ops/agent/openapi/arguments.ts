import { type ApiDocument, at, isJson, listAt, refusal, textAt } from './document';
import { lineOf, type Operation, parametersOf } from './operations';
import { merged, placeOf, propertiesOf, zodSource } from './zod-source';

/** An argument of a tool. */
export interface Argument {
  readonly name: string;
  readonly in: 'path' | 'query' | 'body';
  readonly isRequired: boolean;
  /** Of its zod schema. */
  readonly source: string;
}

/** What a model is asked for, and what it is spared. */
export interface ArgumentsFound {
  readonly list: readonly Argument[];
  readonly warnings: readonly string[];
}

/** What a speech model fills in reliably; more are left out where they may be. */
const MANY = 6;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** @throws OpsError `definition_invalid` for what must be given and cannot be asked of a model */
export function argumentsOf(document: ApiDocument, operation: Operation): ArgumentsFound {
  const warnings: string[] = [];
  const all = [...parameters(document, operation, warnings), ...body(document, operation)];
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) throw refusal(operation.where, `must have each argument once: ${twice.name} is there twice`);
  const needed = all.filter(({ isRequired }) => isRequired);
  const spare = all.filter(({ isRequired }) => !isRequired);
  const kept = spare.slice(0, Math.max(0, MANY - needed.length));
  const left = spare.filter((one) => !kept.includes(one));
  if (left.length > 0)
    warnings.push(
      `${operation.id}: left out, because few arguments are filled in better: ${left.map(({ name }) => name).join(', ')}`,
    );
  return { list: all.filter((one) => !left.includes(one)), warnings };
}

function parameters(document: ApiDocument, operation: Operation, warnings: string[]): Argument[] {
  return parametersOf(document, operation).flatMap(([parameter, path]): Argument[] => {
    const name = textAt(parameter, 'name') ?? '';
    const place = textAt(parameter, 'in');
    const isRequired = at(parameter, 'required') === true || place === 'path';
    const leaveOut = (rule: string): Argument[] => {
      if (isRequired) throw refusal(path, rule);
      warnings.push(`${operation.id}: left out: ${path} ${rule}`);
      return [];
    };
    if (place === 'header' || place === 'cookie') {
      warnings.push(
        `${operation.id}: its ${place} ${JSON.stringify(lineOf(name, 64))} is no argument: add it under headers if it is needed`,
      );
      return [];
    }
    if (place !== 'path' && place !== 'query') return leaveOut('must be in path, query, header or cookie');
    if (!NAME.test(name)) return leaveOut('must be named by letters, digits and _, 64 at most');
    const schema = at(parameter, 'schema');
    if (schema === undefined) return leaveOut('must have a schema');
    const { value } = document.resolve(schema, `${path}.schema`);
    if (textAt(value, 'type') === 'object' || isJson(at(value, 'properties'))) return leaveOut('must not be an object');
    const described = { ...value, description: textAt(parameter, 'description') ?? textAt(value, 'description') };
    return [
      { name, in: place, isRequired, source: zodSource(document, described, placeOf(`${path}.schema`, 'asked')) },
    ];
  });
}

function body(document: ApiDocument, { itself, where }: Operation): Argument[] {
  const found = at(itself, 'requestBody');
  if (found === undefined) return [];
  const { value } = document.resolve(found, `${where}.requestBody`);
  const isRequired = at(value, 'required') === true;
  const content = at(value, 'content');
  const type = jsonTypeOf(content);
  const path = `${where}.requestBody.content`;
  if (type === undefined) {
    if (!isRequired) return [];
    throw refusal(path, 'must have application/json: nothing else is sent');
  }
  const place = placeOf(`${path}.${type}.schema`, 'asked');
  const { value: schema, trail } = document.resolve(at(at(content, type), 'schema'), place.path);
  const whole = merged(document, schema, place);
  if (!isJson(at(whole, 'properties'))) {
    if (!isRequired) return [];
    throw refusal(place.path, 'must be an object with properties: each is an argument');
  }
  const { entries, required } = propertiesOf(whole);
  return entries.flatMap(([name, one]): Argument[] => {
    if (at(one, 'readOnly') === true) return [];
    const isNeeded = isRequired && required.includes(name);
    const inside = { ...place, path: `${place.path}.properties.${name}`, trail, depth: 1 };
    if (NAME.test(name)) return [{ name, in: 'body', isRequired: isNeeded, source: zodSource(document, one, inside) }];
    if (isNeeded) throw refusal(inside.path, 'must be named by letters, digits and _, 64 at most');
    return [];
  });
}

/** The media type of a `content` that is JSON. */
export const jsonTypeOf = (content: unknown): string | undefined =>
  isJson(content) ? Object.keys(content).find((type) => /^application\/([\w.-]+\+)?json\b/i.test(type)) : undefined;

/** The numbers of an operation's answers, best first, with what each says. */
export function answersOf(
  document: ApiDocument,
  { itself, where }: Operation,
): (readonly [string, Record<string, unknown>])[] {
  const responses = at(itself, 'responses');
  return Object.keys(isJson(responses) ? responses : {})
    .sort()
    .map(
      (status) =>
        [status, { ...document.resolve(at(responses, status), `${where}.responses.${status}`).value }] as const,
    );
}

/** Names that a summary gives an operation, one line. */
export const summaryOf = ({ itself, method, path }: Operation): string =>
  lineOf(textAt(itself, 'summary') ?? textAt(itself, 'description'), 200) || `${method.toUpperCase()} ${path}`;

/** The operation's servers, or its path's, or the document's. */
export function serversOf(document: ApiDocument, { itself, ofPath }: Operation): readonly unknown[] {
  return [itself, ofPath, document.root].map((owner) => listAt(owner, 'servers')).find((list) => list.length > 0) ?? [];
}
