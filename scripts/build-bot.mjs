/* The bot in dist/bot: main.js starts bot.js, which has its packages in it; those that an ordinary call does without are in
   packages/, and read only where the configuration asks for them. */
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Native code, which stays a package, beside the one file. */
export const EXTERNAL = ['node-datachannel'];
/** What ws takes where it is installed; it is not. */
const ABSENT = ['bufferutil', 'utf-8-validate'];

/** What the bot loads by `import()`: the packages of each file in packages/. */
const LOADED_WHEN_NEEDED = {
  'aws-clients': [
    '@aws-sdk/client-bedrock-agent-runtime',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-ecs',
    '@aws-sdk/client-lambda',
    '@aws-sdk/client-s3',
  ],
  browser: ['puppeteer-core'],
  knowledge: ['marked', 'minisearch', 'snowball-stemmers'],
  mcp: ['@aws-crypto/sha256-js', '@modelcontextprotocol/client', '@smithy/signature-v4'],
  opus: ['libopus-wasm'],
  traces: [
    '@opentelemetry/api',
    '@opentelemetry/exporter-trace-otlp-http',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace-base',
  ],
};
const FILE_OF = new Map(
  Object.entries(LOADED_WHEN_NEEDED).flatMap(([file, names]) => names.map((name) => [name, file])),
);

/** What puppeteer would download browsers with: its own programs and proxies. The bot's browser is there. */
const noDownloads = {
  name: 'no-downloads',
  setup(build) {
    build.onResolve({ filter: /^(proxy-agent|yargs|yargs\/helpers|extract-zip|tar-fs)$/ }, ({ path }) => ({
      path,
      namespace: 'nothing',
    }));
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** A package that is loaded when needed is taken from its file. */
const whenNeeded = {
  name: 'when-needed',
  setup(build) {
    build.onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) =>
      kind === 'dynamic-import' && FILE_OF.has(path) ? { path, namespace: 'when-needed' } : undefined,
    );
    build.onResolve({ filter: /^\.\/packages\//, namespace: 'when-needed' }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: 'when-needed' }, ({ path }) => ({
      contents: `module.exports = require('./packages/${FILE_OF.get(path)}.js')[${JSON.stringify(path)}];`,
    }));
  },
};

/** The same packages, for a program in a folder beside the bot's. */
export const packagesOfBot = {
  name: 'packages-of-bot',
  setup(build) {
    build.onResolve({ filter: /^[@a-z]/ }, ({ path }) =>
      FILE_OF.has(path) ? { path, namespace: 'of-bot' } : undefined,
    );
    build.onResolve({ filter: /^\.\.\/bot\//, namespace: 'of-bot' }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: 'of-bot' }, ({ path }) => ({
      contents: `module.exports = require('../bot/packages/${FILE_OF.get(path)}.js')[${JSON.stringify(path)}];`,
    }));
  },
};

/** The packages of such a file are what `import` takes, as they are where the bot imports them. */
const asImported = {
  name: 'as-imported',
  setup(build) {
    build.onResolve({ filter: /^[@a-z]/ }, ({ path, importer, resolveDir }) =>
      importer === '<stdin>' ? build.resolve(path, { kind: 'dynamic-import', resolveDir }) : undefined,
    );
  },
};

/** What stands for `import.meta.url`, which only ES modules have. */
const IMPORT_META_URL = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

/** A program for Node in one CommonJS file. `import()` is `require()` in it: code from V8's cache has no other. */
export const PROGRAM = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: IMPORT_META_URL },
  external: [...EXTERNAL, ...ABSENT],
  plugins: [noDownloads],
  // What is read, scanned and kept at each start; names, and lines short enough to be found by a stack trace, stay.
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'eof',
  metafile: true,
  logLevel: 'warning',
};

/** @param plugins go before those that every bot is built with */
const bundled = (root, version, plugins = []) =>
  build({
    ...PROGRAM,
    absWorkingDir: root,
    write: false,
    entryPoints: ['bot/main.ts'],
    outfile: 'dist/bot/bot.js',
    plugins: [...plugins, ...PROGRAM.plugins, whenNeeded],
    // The environment takes precedence.
    banner: { js: `${IMPORT_META_URL}process.env.VERSION ||= ${JSON.stringify(version)};` },
  });

/** The text of a bot.js in which `file`, relative to `root`, is `text`. */
export async function botWith({ root, file, text }) {
  const changed = {
    name: 'changed',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) =>
        path === join(root, file) ? { contents: text, loader: 'ts' } : undefined,
      );
    },
  };
  const { outputFiles } = await bundled(root, 'changed', [changed]);
  return asProgram(outputFiles[0].text);
}

/** @param onBundled is given the metafile of each file that is written */
export async function buildBot({ root, version, onBundled }) {
  const folder = join(root, 'dist/bot');
  await mkdir(join(folder, 'packages'), { recursive: true });
  // Read from beside the code that uses them.
  await cp(join(root, 'bot/notices/spoken'), join(folder, 'notices'), { recursive: true });
  await cp(join(root, 'bot/watchdog/watchdog-thread.cjs'), join(folder, 'watchdog-thread.cjs'));
  await cp(join(root, 'bot/launcher.cjs'), join(folder, 'main.js'));
  const files = Object.entries(LOADED_WHEN_NEEDED).map(([name, packages]) => {
    const getters = packages.map((one) => `get ${JSON.stringify(one)}() { return require(${JSON.stringify(one)}); }`);
    return build({
      ...PROGRAM,
      absWorkingDir: root,
      write: false,
      stdin: { contents: `module.exports = { ${getters.join(', ')} };`, resolveDir: root },
      outfile: `dist/bot/packages/${name}.js`,
      plugins: [...PROGRAM.plugins, asImported],
    });
  });
  for (const { metafile, outputFiles } of await Promise.all([bundled(root, version), ...files])) {
    for (const { path, text } of outputFiles) {
      await writeFile(path, path.endsWith('bot.js') ? asProgram(text) : inAscii(text));
    }
    onBundled(metafile);
  }
}

/** What bot/launcher.cjs runs. */
const asProgram = (text) => stamped(wrapped(inAscii(text)));

/** As Node wraps a module; done here it costs no second copy of the text at each start. */
function wrapped(code) {
  return `(function (exports, require, module, __filename, __dirname) { ${code}\n})`;
}

/** The first line of a file says which text the rest is. */
function stamped(code) {
  return `/* ${createHash('sha256').update(code).digest('hex')} */\n${code}`;
}

/** One letter beyond Latin-1 has Node keep all of a program in two bytes a letter; esbuild leaves some in regular expressions. */
function inAscii(code) {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
