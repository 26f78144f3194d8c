import { directionOf } from '../contract/languages/spoken';
import type { Words } from './words';

/** What in index.html is a text: an element's words, or those of an attribute of its. */
const PLACES = [
  { marked: 'data-words', put: (element: Element, words: string) => (element.textContent = words) },
  { marked: 'data-label', put: (element: Element, words: string) => element.setAttribute('aria-label', words) },
  { marked: 'data-placeholder', put: (element: Element, words: string) => element.setAttribute('placeholder', words) },
] as const;

/** The texts of index.html that never change while a language is spoken. */
export class FixedWords {
  readonly #document: Document;

  constructor(document: Document) {
    this.#document = document;
  }

  /** Shows them in another language, and says which it is. */
  show({ texts: { fixed }, tag }: Words): void {
    const { documentElement } = this.#document;
    documentElement.lang = tag;
    documentElement.dir = directionOf(tag);
    this.#document.title = fixed.brand;
    for (const { marked, put } of PLACES) {
      for (const element of this.#document.querySelectorAll(`[${marked}]`)) {
        const name = element.getAttribute(marked) ?? '';
        if (Object.hasOwn(fixed, name)) put(element, fixed[name as keyof typeof fixed]);
      }
    }
  }
}
