import { type ApiDocument, at, isJson, listAt, textAt } from './document';
import type { Operation } from './operations';

/** How a request shows who asks: a header made of a secret, as source; undefined: it need not. */
export interface Access {
  readonly header: string;
  readonly source: string;
}

/** What must be said of an operation's access that no header does. */
export interface AccessFound {
  readonly access?: Access;
  readonly warning?: string;
}

const HEADER_NAME = /^[A-Za-z0-9-]{1,64}$/;

/**
 * How an operation wants to be asked, by the first of its alternatives that a header can meet.
 * @param prefix of the secret's name, as in `PETSTORE`
 */
export function accessOf(document: ApiDocument, { itself, where }: Operation, prefix: string): AccessFound {
  const owner = at(itself, 'security') === undefined ? document.root : itself;
  const alternatives = listAt(owner, 'security').filter(isJson);
  if (alternatives.length === 0) return {};
  const found = alternatives.map((one) => {
    const names = Object.keys(one);
    return names.length === 1 ? schemeAccess(document, names[0] ?? '', where, prefix) : undefined;
  });
  const access = found.find((one) => one !== undefined);
  if (access !== undefined) return { access };
  if (alternatives.some((one) => Object.keys(one).length === 0)) return {};
  return { warning: `${where}.security has no form that a header can show: add what it needs under headers` };
}

function schemeAccess(document: ApiDocument, name: string, where: string, prefix: string): Access | undefined {
  const schemes = at(at(document.root, 'components'), 'securitySchemes');
  const { value: scheme } = document.resolve(at(schemes, name), `${where}.security.${name}`);
  const header = textAt(scheme, 'name') ?? '';
  switch (textAt(scheme, 'type')) {
    case 'http': {
      const how = textAt(scheme, 'scheme')?.toLowerCase();
      if (how === 'bearer') return bearerOf(prefix);
      if (how !== 'basic') return undefined;
      const secret = `secret('${prefix}_BASIC')`;
      return { header: 'authorization', source: `{ kind: 'secret-text', prefix: 'Basic ', secret: ${secret} }` };
    }
    case 'oauth2':
    case 'openIdConnect':
      return bearerOf(prefix);
    case 'apiKey':
      if (textAt(scheme, 'in') !== 'header' || !HEADER_NAME.test(header)) return undefined;
      return { header: header.toLowerCase(), source: `secret('${prefix}_KEY')` };
    default:
      return undefined;
  }
}

const bearerOf = (prefix: string): Access => ({ header: 'authorization', source: `bearer(secret('${prefix}_TOKEN'))` });
