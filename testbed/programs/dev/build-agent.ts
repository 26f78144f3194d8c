import path from 'node:path';
import { build, type BuildFailure, type Message, type Plugin } from 'esbuild';

const ROOT = path.join(__dirname, '../../..');
/** More would scroll the first one away. */
const ERRORS_SHOWN = 3;

/** What agents are written with is ours, wherever their folders are. */
const ourContract: Plugin = {
  name: 'our-contract',
  setup: (bundling) =>
    bundling.onResolve({ filter: /(^|\/)contract\/agent(\/index(\.ts)?)?$/ }, () => ({
      path: path.join(ROOT, 'contract/agent/index.ts'),
    })),
};

/** An agent as one module of CommonJS; one that cannot be built throws where it is loaded, and says why. */
export async function builtAgent(project: string, name: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      absWorkingDir: project,
      entryPoints: [`agents/${name}/agent.ts`],
      bundle: true,
      write: false,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      packages: 'external',
      plugins: [ourContract],
      logLevel: 'silent',
    });
    return outputFiles[0]?.text ?? '';
  } catch (error) {
    return `throw new Error(${JSON.stringify(wordsOf(error))});\n`;
  }
}

function wordsOf(error: unknown): string {
  const { errors = [] } = error as Partial<BuildFailure>;
  if (errors.length === 0) return error instanceof Error ? error.message : String(error);
  return errors.slice(0, ERRORS_SHOWN).map(lineOf).join('; ');
}

function lineOf({ location, text }: Message): string {
  return location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}
