import { accessOf } from './access';
import { type Argument, answersOf, argumentsOf, jsonTypeOf, serversOf, summaryOf } from './arguments';
import { type ApiDocument, at, isJson, refusal, textAt } from './document';
import { lineOf, nameOf, type Operation } from './operations';
import { placeOf, zodSource } from './zod-source';

/** How an API's operations become an agent's tools. */
export interface Importing {
  /** The server's address in place of the document's. */
  readonly server: string | undefined;
  /** Of the names of secrets. */
  readonly prefix: string;
}

/** A tool as source, and what its owner should know. */
export interface ToolSource {
  readonly name: string;
  /** `find_pet: http({…}),` */
  readonly source: string;
  readonly warnings: readonly string[];
}

/** Writes an operation as a declared tool. @throws OpsError `definition_invalid` that names path and rule */
export function toolSource(document: ApiDocument, operation: Operation, importing: Importing): ToolSource {
  const { method, id } = operation;
  const { list, warnings } = argumentsOf(document, operation);
  const { access, warning } = accessOf(document, operation, importing.prefix);
  const isRead = method === 'get';
  const queries = isRead ? [] : list.filter((one) => one.in === 'query').map(({ name }) => name);
  const name = nameOf(id);
  const fields = [
    `description: ${JSON.stringify(summaryOf(operation))}`,
    ...(isRead ? [] : [`method: '${method.toUpperCase()}'`]),
    `url: ${JSON.stringify(urlOf(document, operation, list, importing.server))}`,
    ...(list.length === 0 ? [] : [`arguments: z.object({ ${list.map(fieldOf).join(', ')} })`]),
    ...(queries.length === 0 ? [] : [`query: ${JSON.stringify(queries)}`]),
    ...(access === undefined ? [] : [`headers: { ${JSON.stringify(access.header)}: ${access.source} }`]),
    ...(isRead ? [] : [`confirm: ${JSON.stringify(confirmOf(operation, list))}`]),
    ...answerOf(document, operation),
    ...errorsOf(document, operation),
  ];
  return {
    name,
    source: `${name}: http({ ${fields.join(', ')} }),`,
    warnings: [...warnings, ...(warning === undefined ? [] : [warning])],
  };
}

const fieldOf = ({ name, source, isRequired }: Argument): string =>
  `${name}: ${isRequired ? source : source.replace(/(\.describe\((?:"(?:[^"\\]|\\.)*")\))?$/, '.optional()$1')}`;

/** The address with its placeholders. Only a host over https, and nothing of it is a caller's to choose. */
function urlOf(
  document: ApiDocument,
  operation: Operation,
  list: readonly Argument[],
  own: string | undefined,
): string {
  const path = operation.path.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => {
    if (list.some((one) => one.in === 'path' && one.name === name)) return whole;
    throw refusal(operation.where, `must declare its path's {${name}} among its parameters`);
  });
  return `${serverOf(document, operation, own).replace(/\/+$/, '')}${path}`;
}

function serverOf(document: ApiDocument, operation: Operation, own: string | undefined): string {
  const [server] = own === undefined ? serversOf(document, operation) : [{ url: own }];
  const variables = at(server, 'variables');
  const url = (textAt(server, 'url') ?? '').replaceAll(/\{([^{}]*)\}/g, (_whole, name: string) => {
    return textAt(at(variables, name), 'default') ?? '';
  });
  const whole = URL.canParse(url, document.origin) ? new URL(url, document.origin) : undefined;
  if (whole?.protocol !== 'https:' || whole.username + whole.password + whole.search + whole.hash !== '') {
    const rule = 'must begin with https://, without user, query and fragment; --server URL names another';
    throw refusal(own === undefined ? 'servers.0.url' : '--server', rule);
  }
  return whole.href;
}

/** What is read back before anything is changed: the summary, and what must be given. */
function confirmOf(operation: Operation, list: readonly Argument[]): string {
  const given = list
    .filter(({ isRequired }) => isRequired)
    .map(({ name }) => `${nameOf(name).replaceAll('_', ' ')} {${name}}`);
  const what = summaryOf(operation)
    .replaceAll(/[{}]/g, '')
    .replace(/[.!?…]+$/, '');
  const short = what.length > 120 ? `${what.slice(0, 119)}…` : what;
  const withThese = given.slice(0, 4).join(', ');
  return `${short}${withThese === '' ? '' : `, with ${withThese}`}: shall I do that?`;
}

/** The part of the first good answer that a model could speak of. */
function answerOf(document: ApiDocument, operation: Operation): string[] {
  const good = answersOf(document, operation).find(([status]) => /^2(\d\d|XX)$/i.test(status));
  const content = at(good?.[1], 'content');
  const type = jsonTypeOf(content);
  const schema = type === undefined ? undefined : at(at(content, type), 'schema');
  if (!isJson(schema)) return [];
  const source = zodSource(document, schema, placeOf(`${operation.where}.responses.${good?.[0]}.schema`, 'answered'));
  return source === 'z.unknown()' ? [] : [`answer: ${source}`];
}

/** What the model is told of a failure that the document knows. */
function errorsOf(document: ApiDocument, operation: Operation): string[] {
  const errors = answersOf(document, operation).flatMap(([status, answer]) => {
    const words = lineOf(textAt(answer, 'description'), 200);
    return /^[45]\d\d$/.test(status) && words !== '' ? [`${status}: ${JSON.stringify(words)}`] : [];
  });
  return errors.length === 0 ? [] : [`errors: { ${errors.join(', ')} }`];
}
