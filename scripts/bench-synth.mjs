/*
 * `npm run bench:synth [-- <runs>]`: synth of all stacks by the app command of cdktf.json, and by the command that
 * `cdktf init` would have written (`npx ts-node main.ts`, which checks types), side by side on the same sources. Both
 * must emit the same, byte by byte. Fails when ours takes more than a fifth of the other's time.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const LIMIT = 0.16;
/** As in the tsconfig.json of `cdktf init`, which makes `require` of `import()`; it knows no extensions in imports. */
const CDKTF_INIT = {
  TS_NODE_COMPILER_OPTIONS: JSON.stringify({ module: 'commonjs', moduleResolution: 'node10' }),
  TS_NODE_IGNORE_DIAGNOSTICS: '5096,5097',
};
const runs = Number(process.argv[2] ?? 5);
const root = mkdtempSync(join(tmpdir(), 'bench-synth-'));
const { app } = JSON.parse(readFileSync('cdktf.json', 'utf8'));
const results = [
  { name: 'ours', command: app, outdir: join(root, 'ours'), times: [] },
  { name: 'cdktf init', command: 'npx ts-node main.ts', outdir: join(root, 'cdktf-init'), times: [] },
];

/** Runs a command once; wall and CPU time in ms. */
function once(command, outdir) {
  const started = performance.now();
  // The second line of `times` is the CPU time of the shell's children.
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `${command} 1>&2; code=$?; times; exit $code`], {
    encoding: 'utf8',
    env: { ...process.env, ...CDKTF_INIT, CDKTF_OUTDIR: outdir, CHECKPOINT_DISABLE: '1' },
  });
  if (status !== 0) throw new Error(`${command} failed:\n${stderr}`);
  const wallMs = performance.now() - started;
  const cpuMs = [...(stdout.trim().split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  );
  return { wallMs, cpuMs };
}

const emitted = (outdir) =>
  readdirSync(join(outdir, 'stacks'))
    .sort()
    .map((name) => readFileSync(join(outdir, 'stacks', name, 'cdk.tf.json'), 'utf8'))
    .join('\n');

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor(values.length / 2)];

try {
  for (const { command, outdir } of results) once(command, outdir); // Warms the file cache for both.
  // Alternating, so that other load affects both equally.
  for (let run = 0; run < runs; run++) for (const one of results) one.times.push(once(one.command, one.outdir));

  const [ours, theirs] = results;
  console.log(
    `synth of ${readdirSync(join(ours.outdir, 'stacks')).length} stacks, ${runs} runs each, alternating; Node ${process.version}\n`,
  );
  console.log(`${''.padEnd(12)}  median ms     min ms  CPU ms (median)  command`);
  for (const { name, command, times } of results) {
    const wall = times.map(({ wallMs }) => wallMs);
    const cpu = median(times.map(({ cpuMs }) => cpuMs));
    const cells = [median(wall), sorted(wall)[0]].map((ms) => String(Math.round(ms)).padStart(9));
    console.log(`${name.padEnd(12)}  ${cells.join('  ')}  ${String(Math.round(cpu)).padStart(15)}  ${command}`);
  }
  const ratio = (pick) => median(ours.times.map(pick)) / median(theirs.times.map(pick));
  const wall = ratio(({ wallMs }) => wallMs);
  const cpu = ratio(({ cpuMs }) => cpuMs);
  const same = emitted(ours.outdir) === emitted(theirs.outdir);
  console.log(`\nratio: ${wall.toFixed(2)} of the time, ${cpu.toFixed(2)} of the CPU (limit ${LIMIT.toFixed(2)})`);
  console.log(`emitted files: ${same ? 'identical' : 'DIFFERENT'}`);
  process.exitCode = same && wall <= LIMIT ? 0 : 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
