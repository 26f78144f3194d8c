import path from 'node:path';
import { build } from 'esbuild';

let bundling: Promise<string> | undefined;

/** The fake call machine as one script, as daily-js loads it. */
export function callMachineBundle(): Promise<string> {
  bundling ??= build({
    entryPoints: [path.join(__dirname, 'call-machine/main.ts')],
    bundle: true,
    format: 'iife',
    target: 'chrome120',
    write: false,
    logLevel: 'warning',
  }).then(({ outputFiles: [file] }) => {
    if (file === undefined) throw new Error('the call machine came out empty');
    return file.text;
  });
  return bundling;
}
