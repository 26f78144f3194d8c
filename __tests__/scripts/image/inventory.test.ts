import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { billOfMaterials } from '../../../scripts/image/inventory/cyclonedx';
import { describeSystem, packagesOf } from '../../../scripts/image/inventory/debian';
import { licenceText } from '../../../scripts/image/inventory/licence';
import { LINKED, linkedText, versionOf } from '../../../scripts/image/inventory/linked-libraries';
import { notices } from '../../../scripts/image/inventory/notices';
import { copyBundled, copyExternal, npmPackagesIn } from '../../../scripts/image/inventory/npm-packages';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'inventory-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes files by their paths below the folder; returns that of `root` in it. */
function having(root: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return path.join(folder, root);
}

const debian = (): string =>
  having('system', {
    'usr/lib/os-release': 'ID=debian\nVERSION_ID="13"\n',
    'etc/os-release': 'ID=debian\nVERSION_ID="13"\n',
    'etc/debian_version': '13.2\n',
    'usr/share/common-licenses/MPL-2.0': 'the MPL\n',
    'usr/share/doc/libc6/copyright': 'of libc\n',
    'usr/share/doc/base-files/copyright': 'of base-files\n',
    'var/lib/dpkg/status':
      'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nSource: glibc (2.41-12)\nVersion: 2.41-12+b1\n\n' +
      'Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 13.8\n\n' +
      'Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2\n',
    // Where the list still has the folder that is a link into /usr now.
    'var/lib/dpkg/info/libc6:amd64.list': '/lib\n/lib/x86_64-linux-gnu/libc.so.6\n',
    'var/lib/dpkg/info/base-files.list':
      '/etc/debian_version\n/usr/lib/os-release\n/etc/os-release\n/usr/share/common-licenses/MPL-2.0\n',
    'var/lib/dpkg/info/bash.list': '/usr/bin/bash\n',
  });

describe('I2: a collected image', () => {
  it('says which Debian it is of, and which packages its files are of, for scanners', () => {
    const image = having('image', { 'usr/lib/x86_64-linux-gnu/libc.so.6': 'c', 'usr/local/bin/node': 'node' });
    describeSystem(debian(), image);
    expect(readFileSync(path.join(image, 'etc/os-release'), 'utf8')).toContain('ID=debian');
    expect(packagesOf(image).map(({ name, version, source }) => [name, version, source])).toEqual([
      ['libc6', '2.41-12+b1', { name: 'glibc', version: '2.41-12' }],
      ['base-files', '13.8', { name: 'base-files', version: '13.8' }],
    ]);
    const list = path.join(image, 'var/lib/dpkg/info/libc6.list');
    expect(readFileSync(list, 'utf8')).toBe('/usr/lib/x86_64-linux-gnu/libc.so.6\n');
    expect(readFileSync(path.join(image, 'usr/share/doc/libc6/copyright'), 'utf8')).toBe('of libc\n');
  });

  it('is refused with a file that no package brought, or one without a copyright', () => {
    const image = having('image', { 'usr/lib/unknown.so': 'x' });
    expect(() => describeSystem(debian(), image)).toThrow('/usr/lib/unknown.so is of no Debian package');
    const other = having('other', { 'usr/bin/bash': 'x' });
    expect(() => describeSystem(debian(), other)).toThrow('the Debian package bash has no copyright file');
  });
});

const manifest = (name: string, more: object = {}): string =>
  JSON.stringify({ name, version: '1.0.0', license: 'MIT', ...more });

describe("I8: npm's packages", () => {
  const project = (): string =>
    having('project', {
      'node_modules/in-bundle/package.json': manifest('in-bundle'),
      'node_modules/in-bundle/LICENSE': 'MIT text',
      'node_modules/in-bundle/index.js': 'code',
      'node_modules/native/package.json': manifest('native', {
        optionalDependencies: { '@n/here': '1', '@n/else': '1' },
      }),
      'node_modules/native/lib/index.js': 'code',
      'node_modules/native/lib/index.js.map': 'map',
      'node_modules/native/lib/index.d.ts': 'types',
      'node_modules/native/src/native.cc': 'source',
      'node_modules/native/LICENSE': 'MIT text',
      'node_modules/@n/here/package.json': manifest('@n/here', { license: 'MPL 2.0' }),
      'node_modules/@n/here/native.node': 'binary',
      'node_modules/not-used/package.json': manifest('not-used'),
    });

  it('are there as what is bundled says of itself, and as what runs of the others', () => {
    const packages = { bundled: ['node_modules/in-bundle'], external: ['native'] };
    const packed = path.join(folder, 'packed');
    copyBundled(packages, project(), packed);
    copyExternal(packages, project(), packed);
    const files = readdirSync(packed, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.|LICENSE/.test(path.basename(name)),
    );
    expect(files.sort()).toEqual([
      'node_modules/@n/here/native.node',
      'node_modules/@n/here/package.json',
      'node_modules/in-bundle/LICENSE',
      'node_modules/in-bundle/package.json',
      'node_modules/native/LICENSE',
      'node_modules/native/lib/index.js',
      'node_modules/native/package.json',
    ]);
    expect(npmPackagesIn(packed).map(({ name, license }) => [name, license])).toEqual([
      ['@n/here', 'MPL-2.0'],
      ['in-bundle', 'MIT'],
      ['native', 'MIT'],
    ]);
    expect(() => copyExternal({ bundled: [], external: ['absent'] }, project(), packed)).toThrow(
      'absent is not installed',
    );
  });
});

describe('I4: a licence', () => {
  it('is the package’s own, its readme’s, a sibling’s, the one that Debian keeps or a plain one, and never missing', () => {
    const app = having('app', {
      'node_modules/own/package.json': manifest('own'),
      'node_modules/own/LICENSE.md': 'own text',
      'node_modules/own/license.js': 'no licence',
      'node_modules/readme/package.json': manifest('readme'),
      'node_modules/readme/README.md': '# It\n\n## License\n\nPermission is hereby granted …',
      'node_modules/@s/with/package.json': manifest('@s/with'),
      'node_modules/@s/with/LICENSE': 'text of @s',
      'node_modules/@s/without/package.json': manifest('@s/without'),
      'node_modules/common/package.json': manifest('common', { license: 'MPL-2.0' }),
      'node_modules/isc/package.json': manifest('isc', { license: 'ISC', author: 'Ada L.' }),
      'node_modules/none/package.json': manifest('none', { license: 'Nobody-1.0' }),
    });
    const all = npmPackagesIn(app);
    const common = path.join(debian(), 'usr/share/common-licenses');
    const text = (name: string): string =>
      licenceText(
        all.find((one) => one.name === name)!,
        all,
        common,
      );
    expect(text('own')).not.toBe('no licence');
    expect(text('readme')).toContain('Permission is hereby granted');
    expect(text('@s/without')).toBe('text of @s');
    expect(text('common')).toBe('the MPL');
    expect(text('isc')).toMatch(/^Copyright \(c\) Ada L\.\n\nPermission to use/);
    expect(() => text('none')).toThrow('there is no text of Nobody-1.0 for none');
  });

  it('stands once for all that share it', () => {
    const all = notices('it', [
      { title: 'a', text: 'same' },
      { title: 'b', text: 'same' },
    ]);
    expect(all.match(/same/g)).toHaveLength(1);
    expect(all).toMatch(/\na\nb\n=/);
  });

  it('is there for what is in compiled code, whose version that code must say', () => {
    for (const one of LINKED) expect(linkedText(one, (name) => `text of ${name}`)).toContain(one.copyright);
    const openssl = LINKED.find(({ name }) => name === 'openssl')!;
    expect(versionOf(openssl, ['…OpenSSL 1.1.1w  11 Sep 2023…'])).toBe('1.1.1w');
    expect(() => versionOf(openssl, ['OpenSSL 3.5.0 1 Jan 2026'])).toThrow(
      'look at the version and licence of openssl',
    );
  });
});

it('I2: the bill of materials names everything by its purl, and is the same for the same contents', () => {
  const [libc] = packagesOf(debian());
  const npm = [{ name: '@s/a', version: '1.0.0', license: '(MIT OR Apache-2.0)', folder: '' }];
  const linked = [{ name: 'libopus', license: 'BSD-3-Clause' }];
  const inside = { version: '1', nodeVersion: '26.10.0', debianRelease: '13', debian: [libc!], npm, linked };
  const bill = billOfMaterials(inside) as { serialNumber: string; components: { purl?: string; licenses?: unknown }[] };
  expect(bill.components.map(({ purl }) => purl)).toEqual([
    undefined,
    'pkg:generic/node@26.10.0',
    'pkg:deb/debian/libc6@2.41-12%2Bb1?arch=amd64&distro=debian-13',
    'pkg:npm/%40s/a@1.0.0',
    'pkg:generic/libopus',
  ]);
  expect(bill.components[3]!.licenses).toEqual([{ expression: '(MIT OR Apache-2.0)' }]);
  expect(bill.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(billOfMaterials(inside)).toEqual(bill);
  expect(billOfMaterials({ ...inside, npm: [] })).not.toMatchObject({ serialNumber: bill.serialNumber });
});
