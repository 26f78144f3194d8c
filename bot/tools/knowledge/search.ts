import type { AsPlainObject, default as MiniSearch, Options } from 'minisearch' with { 'resolution-mode': 'import' };
import type { Passage } from './passage';
import { type Terms, termsOf } from './terms';

/** What is written down at build and read at start: `knowledge.json`. */
export interface KnowledgeFile {
  /** Another form is made anew. */
  readonly version: 1;
  readonly language: string;
  /** SHA-256 of the files that it was made of. */
  readonly hash: string;
  readonly passages: readonly Passage[];
  /** Terms that so many passages have that a question is looked up without them; the rarest first. */
  readonly common: readonly string[];
  readonly index: AsPlainObject;
}

type Indexed = Passage & { readonly id: number };
type Searched = Pick<KnowledgeFile, 'passages' | 'common'>;
type Engine = Awaited<ReturnType<typeof engineFor>>;

/** A passage that scores less than this share of the best one is about something else. */
const MIN_SHARE_OF_BEST = 0.35;
/** A term that more than this share of many passages have costs time and tells them apart by little. */
const COMMON_SHARE = 0.05;
const MANY_PASSAGES = 500;
/** Where all of a question's words are common. */
const RAREST_WORDS = 2;
/** More words than a question has. */
const MAX_QUERY_WORDS = 24;

/** Finds passages by their words: in memory, read only, shared by all calls. */
export class KnowledgeSearch {
  readonly #engine: Engine;
  readonly #index: MiniSearch<Indexed>;
  readonly #passages: readonly Passage[];
  readonly #common: readonly string[];

  private constructor(engine: Engine, index: MiniSearch<Indexed>, { passages, common }: Searched) {
    this.#engine = engine;
    this.#index = index;
    this.#passages = passages;
    this.#common = common;
  }

  /** Indexes passages, which takes seconds for 1,000 pages. */
  static async of(passages: readonly Passage[], language: string): Promise<KnowledgeSearch> {
    const engine = await engineFor(language);
    const index = new engine.MiniSearch(engine.options);
    index.addAll(passages.map((passage, id) => ({ ...passage, id })));
    return new KnowledgeSearch(engine, index, { passages, common: commonTerms(passages, engine.terms) });
  }

  /** @throws when the file's index is not one */
  static async load({
    index,
    language,
    ...searched
  }: Omit<KnowledgeFile, 'hash' | 'version'>): Promise<KnowledgeSearch> {
    const engine = await engineFor(language);
    return new KnowledgeSearch(engine, engine.MiniSearch.loadJS(index, engine.options), searched);
  }

  /** What `load` takes. */
  get saved(): Pick<KnowledgeFile, 'passages' | 'common' | 'index'> {
    return { passages: this.#passages, common: this.#common, index: this.#index.toJSON() };
  }

  /** The best passages, best first; a word may be misspelt where nothing is found otherwise. */
  find(question: string, atMost: number): readonly Passage[] {
    const { words, term } = this.#engine.terms;
    const asked = words(question).slice(0, MAX_QUERY_WORDS);
    const rank = (word: string): number => this.#common.indexOf(term(word) ?? '');
    const rare = asked.filter((word) => term(word) !== null && rank(word) < 0);
    const rarest = asked.filter((word) => rank(word) >= 0).sort((one, other) => rank(one) - rank(other));
    const query = (rare.length > 0 ? rare : rarest.slice(0, RAREST_WORDS)).join(' ');
    const exact = this.#index.search(query);
    const found =
      exact.length > 0 ? exact : this.#index.search(query, { fuzzy: (word) => (word.length > 4 ? 1 : false) });
    const least = (found[0]?.score ?? 0) * MIN_SHARE_OF_BEST;
    return found
      .filter(({ score }) => score >= least)
      .slice(0, atMost)
      .flatMap(({ id }) => this.#passages[id as number] ?? []);
  }
}

function commonTerms(passages: readonly Passage[], { words, term }: Terms): string[] {
  if (passages.length < MANY_PASSAGES) return [];
  const counts = new Map<string, number>();
  for (const { title, text } of passages) {
    for (const one of new Set(words(`${title} ${text}`).map(term))) {
      if (one !== null) counts.set(one, (counts.get(one) ?? 0) + 1);
    }
  }
  const common = [...counts].filter(([, count]) => count > passages.length * COMMON_SHARE);
  return common.sort(([, one], [, other]) => one - other).map(([found]) => found);
}

async function engineFor(language: string) {
  const [{ default: MiniSearch }, terms] = await Promise.all([import('minisearch'), termsOf(language)]);
  const options: Options<Indexed> = {
    fields: ['title', 'text'],
    tokenize: terms.words,
    processTerm: terms.term,
    searchOptions: { boost: { title: 2 } },
  };
  return { MiniSearch, options, terms };
}
