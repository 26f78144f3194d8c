import { DeleteObjectsCommand, GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { Aws } from '../aws/aws';
import type { RecordStore, Removal } from './store';

/** What one request removes at most (S3, DeleteObjects). */
const AT_ONCE = 1_000;

interface Version {
  readonly Key: string;
  readonly VersionId: string | undefined;
}

/** Records in a bucket of S3. */
export class S3Store implements RecordStore {
  readonly name: string;

  constructor(
    private readonly aws: Aws,
    private readonly bucket: string,
    /** Empty, or ends in a slash. */
    private readonly prefix: string,
  ) {
    this.name = `s3://${bucket}/${prefix}`;
  }

  async keys(prefix: string): Promise<readonly string[]> {
    const versions = await this.#versions(this.prefix + prefix);
    return [...new Set(versions.map(({ Key }) => Key.slice(this.prefix.length)))].sort();
  }

  read(key: string): Promise<Buffer | undefined> {
    const Key = this.prefix + key;
    return this.aws.find(this.#asked('s3:GetObject', Key), ['NoSuchKey'], async (options) => {
      const { Body: body } = await this.aws.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key }), options);
      return Buffer.from((await body?.transformToByteArray()) ?? []);
    });
  }

  async remove(keys: readonly string[]): Promise<Removal> {
    const versions = (await Promise.all(keys.map((key) => this.#versions(this.prefix + key)))).flat();
    const wanted = new Set(keys.map((key) => this.prefix + key));
    const doomed = versions.filter(({ Key }) => wanted.has(Key));
    const refused: { key: string; why: string }[] = [];
    for (let at = 0; at < doomed.length; at += AT_ONCE) {
      const Objects = doomed.slice(at, at + AT_ONCE);
      const { Errors: errors = [] } = await this.aws.write(this.#asked('s3:DeleteObjectVersion', this.prefix), () =>
        this.aws.s3.send(new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } })),
      );
      refused.push(
        ...errors.map(({ Key = '', Code = 'unknown' }) => ({ key: Key.slice(this.prefix.length), why: Code })),
      );
    }
    return { removed: doomed.length - refused.length, refused };
  }

  /** Every version below a prefix, and every marker of one that was deleted. */
  async #versions(prefix: string): Promise<Version[]> {
    const found: Version[] = [];
    let next: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } | undefined =
      {};
    while (next !== undefined) {
      const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({
        Bucket: this.bucket,
        Prefix: prefix,
        ...next,
      });
      const page = await this.aws.read(this.#asked('s3:ListBucketVersions', prefix), (options) =>
        this.aws.s3.send(command, options),
      );
      for (const { Key = '', VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])])
        found.push({ Key, VersionId });
      next =
        page.IsTruncated === true
          ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
          : undefined;
    }
    return found;
  }

  #asked(action: string, key: string) {
    return { action, resource: `arn:aws:s3:::${this.bucket}/${key}`, what: `records in ${this.name}` };
  }
}
