import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ALL_PAGES, pageIn } from '../../contract/languages/page';
import { INITIAL_STATE, reduce } from '../../client/state';
import { endingWords, welcomeWords } from '../../client/words';

const HTML = readFileSync(path.join(__dirname, '../../client/index.html'), 'utf8');

/** Each text of index.html that is named, and what stands there. */
function named(): [name: string, words: string][] {
  const elements = [...HTML.matchAll(/data-words="(\w+)"[^>]*>([^<]*)</g)];
  const attributes = [...HTML.matchAll(/data-(?:label|placeholder)="(\w+)"\s+(?:aria-label|placeholder)="([^"]*)"/g)];
  return [...elements, ...attributes].map(([, name = '', words = '']) => [name, words.trim()]);
}

describe('index.html', () => {
  it('has the English texts, each of them that never changes by its name', () => {
    for (const [name, words] of named()) expect([name, words]).toEqual([name, ALL_PAGES.en.fixed[name as 'key']]);
    // These change with the call's state, and are put there by the view.
    const put = ['welcomeTitle', 'welcomeText', 'startCall', 'mute'];
    const all = [...new Set(named().map(([name]) => name)), ...put];
    expect(all.sort()).toEqual(Object.keys(ALL_PAGES.en.fixed).sort());
  });

  it('has no other words that a caller could read', () => {
    const body = HTML.slice(HTML.indexOf('<body'), HTML.indexOf('<noscript>'));
    const texts = [...body.matchAll(/<(\w+)([^>]*)>([^<]+)</g)].filter(([, , , text = '']) => /\p{L}/u.test(text));
    const unnamed = texts.filter(
      ([, , attributes = '']) => !/data-words=|id="(status|welcome|start-words|mute-words|clock)/.test(attributes),
    );
    expect(unnamed.map(([, , , text = '']) => text.trim())).toEqual([]);
  });
});

describe("the agent's language", () => {
  it('is known from the answer to the start, survives the next start, and follows a handoff', () => {
    const german = reduce(INITIAL_STATE, { type: 'agent-speaks', language: 'de-DE' });
    expect(german.language).toBe('de-DE');
    expect(reduce(german, { type: 'agent-speaks', language: 'de-DE' })).toBe(german);
    const again = reduce(german, { type: 'starting', step: 'agent', microphone: true });
    expect(again.language).toBe('de-DE');
    expect(reduce(again, { type: 'agent-speaks', language: 'fr-FR' }).language).toBe('fr-FR');
  });

  it('is that of what the page tells', () => {
    expect(welcomeWords(INITIAL_STATE, pageIn('it-IT')).start).toBe('Inizia la chiamata');
    expect(endingWords({ kind: 'by-agent', reason: 'too-long', text: undefined }, pageIn('hi-IN')).text).toContain(
      'समय',
    );
    const gone = reduce({ ...INITIAL_STATE, language: 'es-US' }, { type: 'microphone-gone' });
    expect(gone.transcript.lines).toMatchObject([{ kind: 'trouble', text: ALL_PAGES.es.microphoneGone }]);
  });

  it('of a busy line is not mixed with the words of the server, which are English', () => {
    const waiting = reduce(INITIAL_STATE, {
      type: 'retry-in',
      problem: { kind: 'busy', detail: 'All calls are taken.' },
      secondsLeft: 3,
    });
    expect(welcomeWords(waiting, pageIn('en')).text).toBe('All calls are taken.');
    expect(welcomeWords(waiting, pageIn('de'))).toMatchObject({
      text: ALL_PAGES.de.waiting.text,
      detail: 'Zeit bis zum nächsten Versuch: 3 s',
    });
  });
});
