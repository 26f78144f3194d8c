import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { packagesOf } from './inventory/debian';
import { npmPackagesIn } from './inventory/npm-packages';
import type { Image } from './replay';
import type { Report } from './report';
import { treeOf } from './tree';

interface BillOfMaterials {
  readonly components: readonly { readonly name: string; readonly purl?: string }[];
}

/** What an image holds and what it does not. */
export function checkContents(
  { root, labels, user }: Image,
  wanted: Readonly<Record<string, string>>,
  report: Report,
): void {
  const app = path.join(root, 'app');
  const held = 'LICENSE THIRD_PARTY_NOTICES dist node_modules sbom.cdx.json';
  report.check(readdirSync(app).sort().join(' ') === held, `only ${held} are in /app`);
  const files = [...treeOf(root).keys()];
  const secretive = files.filter((name) => /(^|\/)\.env|\.(pem|key|tfstate)$/.test(name));
  report.check(
    secretive.length === 0,
    `no file that could hold a secret${secretive.map((name) => ` ${name}`).join('')}`,
  );
  const sources = files.filter((name) => /\.(map|ts|mts|TOC)$/.test(name));
  report.check(
    sources.length === 0,
    `I7, I8: no map and no source${sources
      .slice(0, 3)
      .map((name) => ` ${name}`)
      .join('')}`,
  );
  for (const [name, value] of Object.entries(wanted)) report.check(labels[name] === value, `label ${name} is ${value}`);
  report.check(/^[1-9]\d*:[1-9]\d*$/.test(user), `user ${user} is a number, and not root`);
  const shells = files.filter((name) => /(^|\/)bin\/(\w*sh|apt\S*|dpkg\S*|busybox|npm)$/.test(name));
  report.check(shells.length === 0, `no shell and no package manager${shells.map((name) => ` ${name}`).join('')}`);
}

/** What belongs to root, as a builder copies it, nobody else can write. */
export function checkReadOnly({ root }: Image, report: Report): void {
  const find = spawnSync('find', [root, '-xdev', '-perm', '/022', '!', '-type', 'l', '-print'], { encoding: 'utf8' });
  const writable = find.stdout.split('\n').filter((name) => name !== '' && name !== path.join(root, 'tmp'));
  report.check(writable.length === 0, `its user can write nothing but /tmp ${writable.slice(0, 3).join(' ')}`);
}

/** I2, I4: a scanner finds what is inside, and so does a lawyer. */
export function checkInventory({ root }: Image, report: Report): void {
  const release = readFileSync(path.join(root, 'etc/os-release'), 'utf8');
  report.check(
    /^ID=debian$/m.test(release),
    `I2: /etc/os-release is of ${/^PRETTY_NAME=(.*)$/m.exec(release)?.[1] ?? '?'}`,
  );
  const app = path.join(root, 'app');
  const [debian, npm] = [packagesOf(root), npmPackagesIn(app)];
  report.check(debian.length > 3, `I2: dpkg's status names the ${debian.length} Debian packages that files are of`);
  const unlicensed = debian.filter(({ name }) => !existsSync(path.join(root, `usr/share/doc/${name}/copyright`)));
  report.check(
    unlicensed.length === 0,
    `I4: each has its copyright file ${unlicensed.map(({ name }) => name).join(' ')}`,
  );

  const { components } = JSON.parse(readFileSync(path.join(app, 'sbom.cdx.json'), 'utf8')) as BillOfMaterials;
  const listed = new Set(components.map(({ name }) => name));
  const all = [
    ...debian.map(({ name }) => name),
    ...npm.map(({ name }) => name),
    'node',
    'debian',
    'openssl',
    'libopus',
  ];
  const unlisted = all.filter((name) => !listed.has(name));
  report.check(
    unlisted.length === 0,
    `I2: all ${components.length} are in the bill of materials ${unlisted.join(' ')}`,
  );
  const notices = readFileSync(path.join(app, 'THIRD_PARTY_NOTICES'), 'utf8');
  const unnoticed = all.filter((name) => name !== 'debian' && !notices.toLowerCase().includes(name.toLowerCase()));
  report.check(unnoticed.length === 0, `I4: and in the third-party notices ${unnoticed.join(' ')}`);
}

/** What node made of the build, which differs from start to start. */
const CODE_CACHE = 'bot/bot.js.cache';

/** I3: what is shipped is what was tested, byte for byte. */
export function checkSameBuild({ root }: Image, built: string, report: Report): void {
  const shipped = contentsOf(path.join(root, 'app/dist'));
  const here = contentsOf(built);
  // Here may be files of an older build besides.
  const different = [...shipped]
    .filter(([name, bytes]) => name !== CODE_CACHE && here.get(name)?.equals(bytes) !== true)
    .map(([name]) => name);
  report.check(
    different.length === 0,
    `I3: its ${shipped.size} built files are those of \`npm run build\` here ${different.join(' ')}`,
  );
}

function contentsOf(folder: string): Map<string, Buffer> {
  const names = [...treeOf(folder).keys()].filter((name) => !name.endsWith('/'));
  return new Map(names.map((name) => [name, readFileSync(path.join(folder, name))]));
}
