import { RuleBroken } from '../errors';
import type { Attributes } from './attributes';
import type { Action } from './verbs';

/** An address in a document, which may be relative to where the document came from. @throws RuleBroken 12100 */
export function urlOf(text: string, base: string | undefined): string {
  try {
    const { href } = new URL(text, base);
    if (/^https?:/.test(href)) return href;
  } catch {
    // refused below
  }
  throw new RuleBroken(12100, 'a URL that is none, or not of http');
}

/** An address in an attribute, with its method in another. */
export function actionOf(
  attributes: Attributes,
  name: string,
  methodName: string,
  base: string | undefined,
): Action | undefined {
  const text = attributes.text(name);
  const method = attributes.oneOf(methodName, ['POST', 'GET'], 'POST');
  return text === undefined ? undefined : { url: urlOf(text, base), method };
}
