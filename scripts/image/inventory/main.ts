import { readdirSync, readFileSync, lstatSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { billOfMaterials, type Inside } from './cyclonedx';
import { copyrightOf, describeSystem, packagesOf } from './debian';
import { licenceText } from './licence';
import { LINKED, linkedText, versionOf } from './linked-libraries';
import { debianTitle, notices } from './notices';
import { type BundledPackages, copyBundled, copyExternal, type NpmPackage, npmPackagesIn } from './npm-packages';

/*
 * What is in the image, told where the image is built; the Dockerfile runs it as one JavaScript file:
 *   bundled FROM TO, external FROM TO: the packages in dist/'s bundles, and those beside them
 *   system IMAGE: what scanners want of a Debian
 *   write IMAGE APP: the bill of materials and the licences of all that is in both
 */

/** Where Node's own image keeps its licence. */
const NODE_LICENCE = '/usr/local/LICENSE';

function write(image: string, app: string): void {
  const { version } = JSON.parse(readFileSync(path.join(app, 'dist/version.json'), 'utf8')) as { version: string };
  const release = /^VERSION_ID="?([^"\n]+)/m.exec(readFileSync(path.join(image, 'etc/os-release'), 'utf8'))?.[1] ?? '';
  const nodeVersion = process.versions.node;
  const [debian, npm] = [packagesOf(image), npmPackagesIn(app)];
  const inside = { version, nodeVersion, debianRelease: release, debian, npm, linked: linkedIn(npm) };
  writeFileSync(path.join(app, 'sbom.cdx.json'), `${JSON.stringify(billOfMaterials(inside), undefined, 1)}\n`);

  const common = path.join(image, 'usr/share/common-licenses');
  const commonText = (name: string): string => readFileSync(path.join(common, name), 'utf8').trimEnd();
  const texts = readdirSync(common).filter((name) => lstatSync(path.join(common, name)).isFile());
  const parts = [
    { title: `Node.js ${nodeVersion}`, text: readFileSync(NODE_LICENCE, 'utf8').trim() },
    ...npm.map((one) => ({
      title: `npm package ${one.name} ${one.version} (${one.license})`,
      text: licenceText(one, npm, common),
    })),
    ...LINKED.map((one) => ({
      title: `Library ${one.name}, in ${one.within} (${one.license})`,
      text: linkedText(one, commonText),
    })),
    ...debian.map((one) => ({
      title: debianTitle(one),
      text: readFileSync(copyrightOf(image, one.name), 'utf8').trim(),
    })),
    ...texts.map((name) => ({ title: `Licence ${name}`, text: commonText(name) })),
  ];
  writeFileSync(path.join(app, 'THIRD_PARTY_NOTICES'), notices(`pipecat-voice-agent ${version}`, parts));
}

/** The versions of what is in compiled code, from that code. */
function linkedIn(npm: readonly NpmPackage[]): Inside['linked'] {
  const binaries = npm.flatMap(({ folder }) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.node'))
      .map((name) => readFileSync(path.join(folder, name), 'latin1')),
  );
  return LINKED.map((library) => {
    const version = versionOf(library, binaries);
    return { name: library.name, license: library.license, ...(version === undefined ? {} : { version }) };
  });
}

const readBundled = (from: string): BundledPackages =>
  JSON.parse(readFileSync(path.join(from, 'dist/packages.json'), 'utf8')) as BundledPackages;

function main([verb, first = '', second = '']: readonly string[]): void {
  if (verb === 'bundled') copyBundled(readBundled(first), first, second);
  else if (verb === 'external') copyExternal(readBundled(first), first, second);
  else if (verb === 'system') describeSystem('/', first);
  else if (verb === 'write') write(first, second);
  else throw new Error('usage: inventory bundled|external FROM TO | system IMAGE | write IMAGE APP');
}

main(process.argv.slice(2));
