import type { AsPlainObject, default as MiniSearch, Options } from 'minisearch' with { 'resolution-mode': 'import' };
import type { Passage } from './passage';
import { termsOf } from './terms';

/** What is written down at build and read at start: `knowledge.json`. */
export interface KnowledgeFile {
  /** Another form is made anew. */
  readonly version: 1;
  readonly language: string;
  /** SHA-256 of the files that it was made of. */
  readonly hash: string;
  readonly passages: readonly Passage[];
  readonly index: AsPlainObject;
}

/** A passage that scores less than this share of the best one is about something else. */
const MIN_SHARE_OF_BEST = 0.35;
/** More words than a question has. */
const MAX_QUERY_WORDS = 24;

/** Finds passages by their words: in memory, read only, shared by all calls. */
export class KnowledgeSearch {
  readonly #index: MiniSearch<Passage & { readonly id: number }>;
  readonly #passages: readonly Passage[];
  readonly #words: (text: string) => string[];

  private constructor(
    index: MiniSearch<Passage & { readonly id: number }>,
    passages: readonly Passage[],
    words: (text: string) => string[],
  ) {
    this.#index = index;
    this.#passages = passages;
    this.#words = words;
  }

  /** Indexes passages, which takes about a second for 1,000 pages. */
  static async of(passages: readonly Passage[], language: string): Promise<KnowledgeSearch> {
    const { MiniSearch, options, words } = await engineFor(language);
    const index = new MiniSearch(options);
    index.addAll(passages.map((passage, id) => ({ ...passage, id })));
    return new KnowledgeSearch(index, passages, words);
  }

  /** @throws when the file's index is not one */
  static async load({ passages, index, language }: Omit<KnowledgeFile, 'hash' | 'version'>): Promise<KnowledgeSearch> {
    const { MiniSearch, options, words } = await engineFor(language);
    return new KnowledgeSearch(MiniSearch.loadJS(index, options), passages, words);
  }

  get index(): AsPlainObject {
    return this.#index.toJSON();
  }

  /** The best passages, best first; a word may be misspelt where nothing is found otherwise. */
  find(question: string, atMost: number): readonly Passage[] {
    const query = this.#words(question).slice(0, MAX_QUERY_WORDS).join(' ');
    const exact = this.#index.search(query);
    const found =
      exact.length > 0 ? exact : this.#index.search(query, { fuzzy: (term) => (term.length > 4 ? 1 : false) });
    const least = (found[0]?.score ?? 0) * MIN_SHARE_OF_BEST;
    return found
      .filter(({ score }) => score >= least)
      .slice(0, atMost)
      .flatMap(({ id }) => this.#passages[id as number] ?? []);
  }
}

async function engineFor(language: string) {
  const [{ default: MiniSearch }, terms] = await Promise.all([import('minisearch'), termsOf(language)]);
  const options: Options<Passage & { readonly id: number }> = {
    fields: ['title', 'text'],
    tokenize: terms.words,
    processTerm: terms.term,
    searchOptions: { boost: { title: 2 } },
  };
  return { MiniSearch, options, words: terms.words };
}
