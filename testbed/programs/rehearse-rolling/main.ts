import { parseArgs } from 'node:util';
import { buildBot } from '../../processes';
import { phoneRollingReplacement } from './phone-rolling';
import { rollingReplacement, type RollingOptions } from './rolling';

/* `npm run rehearse:rolling -- --tasks 3 --calls 12 [--phone]`: a release under load, on this machine. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      tasks: { type: 'string', default: '2' },
      calls: { type: 'string', default: '6' },
      phone: { type: 'boolean', default: false },
    },
  });
  const [tasks, calls] = [Number(values.tasks), Number(values.calls)];
  await buildBot();
  const options: RollingOptions = {
    tasks,
    callsPerTask: Math.max(2, Math.ceil(calls / tasks)),
    callsBefore: Math.floor(calls / 2),
    callsDuring: Math.ceil(calls / 2),
    say: (line) => console.log(line),
  };
  if (values.phone) {
    const result = await phoneRollingReplacement(options);
    console.log(JSON.stringify(result, null, 2));
    return result.dropped + result.refused + result.killed + result.brokenRules.length === 0 ? 0 : 1;
  }
  const result = await rollingReplacement(options);
  console.log(JSON.stringify({ ...result, starts: Object.fromEntries(result.starts) }, null, 2));
  return result.dropped + result.refused + result.killed === 0 ? 0 : 1;
}

void main().then((code) => {
  process.exit(code);
});
