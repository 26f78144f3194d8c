/** `npm run demo`: a whole spoken call on loopback, judged; then a page to talk to the bot yourself. */
import { nodeAdvice } from '../node-advice.cjs';
import { DEMO_HELP, introduction, parseOptions } from './options';

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(DEMO_HELP);
    return 0;
  }
  // Before all that takes a second to load.
  console.log(introduction(options));
  const advice = nodeAdvice();
  if (advice !== undefined) console.log(advice);
  const { runDemo } = await import('./run.js');
  return runDemo(options);
}

main().then(
  (code) => {
    // The caller's WebRTC library keeps threads of its own.
    process.exit(code);
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
