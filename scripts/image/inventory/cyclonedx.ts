import { createHash } from 'node:crypto';
import type { DebianPackage } from './debian';
import type { NpmPackage } from './npm-packages';

export interface Inside {
  readonly version: string;
  /** Of Node, without the v. */
  readonly nodeVersion: string;
  /** VERSION_ID of os-release. */
  readonly debianRelease: string;
  readonly debian: readonly DebianPackage[];
  readonly npm: readonly NpmPackage[];
  /** Libraries within others' compiled code. */
  readonly linked: readonly { readonly name: string; readonly license: string; readonly version?: string }[];
}

interface Component {
  readonly type: 'application' | 'library' | 'operating-system';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version?: string;
  readonly [field: string]: unknown;
}

/**
 * A bill of materials as CycloneDX 1.6 says, the same for the same contents: without a time, with a serial number of what
 * it says. Packages are named by purl. Sources: https://cyclonedx.org/docs/1.6/json/,
 * https://github.com/package-url/purl-spec
 */
export function billOfMaterials(inside: Inside): object {
  const components = [
    operatingSystem(inside.debianRelease),
    node(inside.nodeVersion),
    ...inside.debian.map((one) => debianComponent(one, inside.debianRelease)),
    ...inside.npm.map(npmComponent),
    ...inside.linked.map(linkedComponent),
  ];
  const subject: Component = {
    type: 'application',
    'bom-ref': 'pipecat-voice-agent',
    name: 'pipecat-voice-agent',
    version: inside.version,
    licenses: [{ license: { id: 'BSD-2-Clause' } }],
  };
  const body = {
    metadata: { component: subject },
    components,
    dependencies: [{ ref: subject['bom-ref'], dependsOn: components.map((one) => one['bom-ref']) }],
  };
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialOf(JSON.stringify(body)),
    version: 1,
    ...body,
  };
}

function operatingSystem(release: string): Component {
  return { type: 'operating-system', 'bom-ref': 'debian', name: 'debian', version: release };
}

function node(version: string): Component {
  return {
    type: 'application',
    'bom-ref': `pkg:generic/node@${version}`,
    name: 'node',
    version,
    purl: `pkg:generic/node@${version}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
  };
}

function debianComponent({ name, version, architecture, source }: DebianPackage, release: string): Component {
  const query = `arch=${architecture}&distro=debian-${release}`;
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?${query}`;
  const properties = [
    { name: 'debian:source', value: source.name },
    { name: 'debian:source-version', value: source.version },
  ];
  return { ...library(purl, name, version), properties };
}

function npmComponent({ name, version, license }: NpmPackage): Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
  const isExpression = /[ (]/.test(license);
  const licenses = [isExpression ? { expression: license } : { license: { id: license } }];
  return { ...library(purl, name, version), licenses };
}

function linkedComponent({ name, license, version }: Inside['linked'][number]): Component {
  const purl = `pkg:generic/${name}${version === undefined ? '' : `@${version}`}`;
  return { ...library(purl, name, version), licenses: [{ license: { id: license } }] };
}

function library(purl: string, name: string, version: string | undefined): Component {
  return { type: 'library', 'bom-ref': purl, name, ...(version === undefined ? {} : { version }), purl };
}

/** A UUID (version 8 of RFC 9562) made of a hash. */
function serialOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 32).split('');
  hex[12] = '8';
  hex[16] = 'a';
  return `urn:uuid:${hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`;
}
