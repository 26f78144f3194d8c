/** A program that builds images, by what has to be typed. */
export interface Builder {
  readonly name: string;
  /** Succeed where it can build: each with its arguments. */
  readonly probes: readonly (readonly string[])[];
  /** Builds several processors and attestations by BuildKit's `buildx`, as releases do. */
  readonly hasBuildx?: true;
}

/** In the order in which they are tried. */
export const BUILDERS: readonly Builder[] = [
  { name: 'docker', probes: [['info'], ['buildx', 'version']], hasBuildx: true },
  { name: 'finch', probes: [['info']] },
  { name: 'podman', probes: [['info']] },
  { name: 'nerdctl', probes: [['info']] },
  { name: 'buildah', probes: [['version']] },
];

export interface BuildOrder {
  /** `registry/name:tag`. */
  readonly reference: string;
  readonly registry: string;
  /** As in `linux/arm64`. */
  readonly platform: string;
  readonly version: string;
  readonly commit: string;
}

/** The arguments of a builder without `buildx`, in order; the first gets the password on its standard input. */
export function plainBuild({ reference, registry, platform, version, commit }: BuildOrder): readonly string[][] {
  return [
    ['login', '--username', 'AWS', '--password-stdin', registry],
    [
      'build',
      '--platform',
      platform,
      '--build-arg',
      `VERSION=${version}`,
      '--build-arg',
      `GIT_COMMIT=${commit}`,
      '--tag',
      reference,
      '.',
    ],
    ['push', reference],
  ];
}

/** What Node calls the processor of each platform. */
const PROCESSORS = { 'linux/arm64': 'arm64', 'linux/amd64': 'x64' } as const;

/** The platform of a setting `task.architecture`. */
export const platformOf = (architecture: 'ARM64' | 'X86_64'): keyof typeof PROCESSORS =>
  architecture === 'ARM64' ? 'linux/arm64' : 'linux/amd64';

/** Whether a machine builds for a platform without emulating its processor. */
export const isNative = (platform: keyof typeof PROCESSORS, processor: string): boolean =>
  PROCESSORS[platform] === processor;
