/** Where what is kept of calls goes. */
export type RecordsPlace =
  | { readonly kind: 'folder'; readonly folder: string }
  /** `prefix` is empty, or ends in a slash. */
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

/** A bucket's name by the rules of S3, and a prefix of what is safe in one. */
const IN_S3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w/=-]{0,256}))?$/;

/** As CALL_RECORDS names it; undefined where it is neither a folder nor `s3://BUCKET/PREFIX`. */
export function recordsPlace(raw: string): RecordsPlace | undefined {
  if (!raw.includes('://')) return { kind: 'folder', folder: raw };
  const [, bucket, prefix = ''] = IN_S3.exec(raw) ?? [];
  if (bucket === undefined) return undefined;
  const parts = prefix.split('/').filter((part) => part !== '');
  return { kind: 's3', bucket, prefix: parts.map((part) => `${part}/`).join('') };
}
