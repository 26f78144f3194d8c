import { applyEdits, findNodeAtLocation, modify, parse, type ParseError, parseTree } from 'jsonc-parser';
import { DEFAULT_MODEL_ID, offeredModel } from '../../contract/models';

/** Where an image is taken from that is not built here. */
export interface GivenImage {
  /** Undefined: the environment's own. */
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** A telephone as the settings are to have it: a number, and the agent that answers it. */
export interface WantedPhone {
  readonly numbers: Readonly<Record<string, string>>;
}

/** What is known without asking, or was asked: what the settings are completed by. */
export interface Known {
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
  /** Who may read the secrets besides the tasks: whoever deploys. */
  readonly operatorArn?: string;
  /** The repository that the project's folder was cloned from, where that is at GitHub. */
  readonly repository?: string;
  /** The numbers of the repository that the settings name. */
  readonly github?: { readonly ownerId: string; readonly repositoryId: string; readonly subject: 'ids' | 'both' };
  /** The release's name, for a file that names no image. */
  readonly tag: string;
  readonly image?: GivenImage;
  /** What callers dial, where somebody has just said so. */
  readonly phone?: WantedPhone;
  /** How callers come in, for a file that is not there yet. Default: through Daily. */
  readonly transport?: 'daily' | 'webrtc';
  /** What an image is built for here. */
  readonly architecture?: 'ARM64' | 'X86_64';
}

/** The text of a settings file as it is to be, and what is other than it was. */
export interface Draft {
  readonly text: string;
  /** Settings that are written, each with its value; empty where the file is complete. */
  readonly changes: readonly string[];
}

/** The settings that are looked at here, of a file that may lack any. */
export interface RawSettings {
  readonly accountId?: unknown;
  readonly region?: unknown;
  readonly transport?: unknown;
  readonly protected?: unknown;
  readonly agents?: unknown;
  readonly domain?: unknown;
  readonly phone?: unknown;
  readonly secrets?: { readonly operatorArns?: readonly unknown[]; readonly mode?: unknown };
  readonly image?: { readonly repository?: unknown; readonly tag?: unknown; readonly digest?: unknown };
  readonly github?: { readonly repository?: unknown; readonly ownerId?: unknown; readonly subject?: unknown };
}

type Edit = readonly [path: readonly string[], value: unknown];

/** An account that nobody has: the files that come with the project say it in place of yours. */
const isPlaceholderAccount = (accountId: unknown): boolean => /^(\d)\1{11}$/.test(String(accountId));

const hasNoAccount = ({ accountId }: RawSettings): boolean =>
  accountId === undefined || isPlaceholderAccount(accountId);
const hasNoImage = ({ image }: RawSettings): boolean => image?.tag === undefined && image?.digest === undefined;

/** Whether a file has not been deployed from yet: it lacks what every deployment completes. */
export const isIncomplete = (raw: RawSettings): boolean => hasNoAccount(raw) || hasNoImage(raw);

/** A repository of nobody's, whose workflows must not be let into an account. */
export const isPlaceholderRepository = (repository: unknown): boolean => /^example\//.test(String(repository));

/** A settings file's content, whatever is in it: where an object is to be and something else is, nothing. */
export function readRaw(text: string): RawSettings {
  const value: unknown = parse(text.replace(/^\uFEFF/, ''));
  if (!isObject(value)) return {};
  const { secrets, image, github, ...others } = value;
  return {
    ...others,
    ...(isObject(secrets) ? { secrets } : {}),
    ...(isObject(image) ? { image } : {}),
    ...(isObject(github) ? { github } : {}),
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether something can be set there: what is no object, or no JSON at all, is for the check of the file to refuse. */
function canSet(text: string, path: readonly string[]): boolean {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors);
  if (root?.type !== 'object' || errors.length > 0) return false;
  const parent = findNodeAtLocation(root, path.slice(0, -1));
  return parent === undefined || parent.type === 'object';
}

/**
 * Completes a settings file, and leaves everything in it that is somebody's choice. Without a file: a small environment
 * for trials.
 */
export function draftSettings(text: string | undefined, known: Known): Draft {
  const edits =
    text === undefined
      ? newSettings(known)
      : missingSettings(readRaw(text), known).filter(([path]) => canSet(text.replace(/^\uFEFF/, ''), path));
  const written = edits.reduce(
    (all, [path, value]) =>
      applyEdits(all, modify(all, [...path], value, { formattingOptions: { insertSpaces: true, tabSize: 2 } })),
    text ?? '{}\n',
  );
  const changes = edits.map(([path, value]) =>
    value === undefined ? `${path.join('.')} removed` : `${path.join('.')} = ${JSON.stringify(value)}`,
  );
  return { text: written, changes };
}

function newSettings(known: Known): Edit[] {
  const { environment, accountId, region, operatorArn, architecture, tag, transport = 'daily' } = known;
  const isDirect = transport === 'webrtc';
  const bedrockRegion = modelRegionFor(region);
  return [
    [['$schema'], './settings.schema.json'],
    [['environment'], environment],
    [['accountId'], accountId],
    [['region'], region],
    ...when(bedrockRegion !== region, ['bedrock'], { region: bedrockRegion }),
    ...when(operatorArn !== undefined, ['secrets'], { operatorArns: [operatorArn] }),
    ...when(isDirect, ['transport'], transport),
    ...when(isDirect, ['network'], { kind: 'default' }),
    [['loadBalancer'], { allowPlainHttp: true }],
    [['task'], { spot: true, ...(architecture === undefined ? {} : { architecture }) }],
    [['counts'], { min: 1, max: isDirect ? 1 : 2 }],
    [['image'], { tag }],
    ...imageEdits(known).filter(([, value]) => value !== undefined),
  ];
}

function missingSettings(raw: RawSettings, known: Known): Edit[] {
  const { secrets, github } = raw;
  const canName = known.operatorArn !== undefined && raw.protected !== true && secrets?.mode !== 'existing';
  return [
    ...when(hasNoAccount(raw) && raw.accountId !== known.accountId, ['accountId'], known.accountId),
    ...when(raw.region === undefined && known.region !== DEFAULT_REGION, ['region'], known.region),
    ...when(canName && (secrets?.operatorArns ?? []).length === 0, ['secrets', 'operatorArns'], [known.operatorArn]),
    ...githubEdits(github, known),
    ...when(hasNoImage(raw), ['image', 'tag'], known.tag),
    ...when(known.phone !== undefined && raw.phone === undefined, ['phone'], known.phone),
    ...imageEdits(known).filter(([[, name], value]) => raw.image?.[name as keyof GivenImage] !== value),
  ];
}

function githubEdits(github: RawSettings['github'], known: Known): Edit[] {
  if (github === undefined) return [];
  if (isPlaceholderRepository(github.repository)) {
    return known.repository === undefined
      ? [[['github'], undefined]]
      : [[['github'], { repository: known.repository, ...known.github }]];
  }
  if (known.github === undefined || github.ownerId !== undefined || github.subject !== undefined) return [];
  return Object.entries(known.github).map(([name, value]) => [['github', name], value]);
}

/** An image of another registry is a setting; one of the environment's own is chosen anew by each release. */
function imageEdits({ image }: Known): Edit[] {
  if (image?.repository === undefined) return [];
  return (['repository', 'tag', 'digest'] as const).map((name): Edit => [['image', name], image[name]]);
}

const when = (isSo: boolean, path: readonly string[], value: unknown): Edit[] => (isSo ? [[path, value]] : []);

/** What the settings' own default is. */
export const DEFAULT_REGION = 'eu-north-1';

/** The region itself where it offers the model, else the first that does on the same continent, else the first. */
function modelRegionFor(region: string): string {
  const offering = offeredModel(DEFAULT_MODEL_ID)?.regions.known ?? [region];
  const continent = region.split('-')[0] ?? '';
  return (
    offering.find((one) => one === region) ??
    offering.find((one) => one.startsWith(`${continent}-`)) ??
    offering[0] ??
    region
  );
}

/** What a file that came with the project still says in place of what only you know, by the setting. */
export function placeholdersIn(settings: {
  readonly domain?: { readonly name: string; readonly hostedZoneId?: string | undefined } | undefined;
  readonly alarms: { readonly email?: string | undefined };
}): string[] {
  const { domain, alarms } = settings;
  return [
    ...(/(^|\.)example\.com$/.test(domain?.name ?? '') ? ['domain.name'] : []),
    ...(domain?.hostedZoneId === 'Z0123456789ABCDEFGHIJ' ? ['domain.hostedZoneId'] : []),
    ...(/@example\.com$/.test(alarms.email ?? '') ? ['alarms.email'] : []),
  ];
}
