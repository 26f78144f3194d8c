import path from 'node:path';
import { build } from 'esbuild';

const bundles = new Map<string, Promise<string>>();

/** The fake call machine as one script, as daily-js loads it. */
export function callMachineBundle(): Promise<string> {
  return bundleOf('call-machine/main.ts');
}

/** The script of the page that carries a telephone caller's voice. */
export function gatewayBundle(): Promise<string> {
  return bundleOf('gateway/page.ts');
}

function bundleOf(entry: string): Promise<string> {
  const bundling = bundles.get(entry) ?? bundle(entry);
  bundles.set(entry, bundling);
  return bundling;
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(__dirname, entry)],
    bundle: true,
    format: 'iife',
    target: 'chrome120',
    write: false,
    logLevel: 'warning',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`${entry} came out empty`);
  return file.text;
}
