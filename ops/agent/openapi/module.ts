import { type ApiDocument, at, textAt } from './document';
import { lineOf, nameOf, type Operation } from './operations';
import { type Importing, type ToolSource, toolSource } from './tool-source';

/** The API's title as a word for names: `Swagger Petstore - OpenAPI 3.0` → `swagger_petstore`. */
export function apiNameOf({ root }: ApiDocument): string {
  const title = lineOf(textAt(at(root, 'info'), 'title'), 60).replaceAll(/\b(open ?api|api|v?\d+(\.\d+)*)\b/gi, ' ');
  const name = nameOf(title);
  return /^[a-z]/.test(name) ? name.slice(0, 30).replace(/_$/, '') : 'api';
}

/** A module that exports chosen operations as tools, in the form of Prettier's own choosing. */
export function moduleOf(
  document: ApiDocument,
  operations: readonly Operation[],
  importing: Importing,
): { readonly text: string; readonly exportName: string; readonly tools: readonly ToolSource[] } {
  const tools = operations.map((operation) => toolSource(document, operation, importing));
  const all = tools.map(({ source }) => source).join('\n');
  const names = ['bearer', 'http', 'secret', 'z'].filter((name) =>
    new RegExp(`\\b${name}[.(]`).test(withoutTexts(all)),
  );
  const exportName = apiNameOf(document).replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const title = lineOf(textAt(at(document.root, 'info'), 'title'), 80).replaceAll('*/', '');
  const text = [
    `import { ${names.join(', ')} } from '../../contract/agent';`,
    '',
    `/** Of ${title || 'an API'}. The words are the API's: write them for a model that knows nothing else. */`,
    `export const ${exportName} = {`,
    all,
    '};',
    '',
  ].join('\n');
  return { text, exportName, tools };
}

const withoutTexts = (source: string): string => source.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
