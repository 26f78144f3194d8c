import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';

/** A secret's value, by what it is. */
export type Secrets = ReadonlyMap<string, string>;

const LOCAL_HEADER = Buffer.from('PK\u0003\u0004');
const CENTRAL_HEADER = Buffer.from('PK\u0001\u0002');
const GZIP = Buffer.from([0x1f, 0x8b]);
const DEFLATED = 8;

/** What holds any of the secrets, as it is or as base64, URLs or JSON write it: `where: what`, without the value. */
export function leaksIn(where: string, content: Buffer, secrets: Secrets): string[] {
  return [...secrets].flatMap(([what, value]) =>
    formsOf(value).some((form) => content.includes(form)) ? [`${where}: ${what}`] : [],
  );
}

function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [...new Set([value, json, encodeURIComponent(value), Buffer.from(value).toString('base64')])];
}

/** As `leaksIn`, of every file of a folder: what is packed, such as a plan of terraform's, is looked into. */
export function leaksBelow(folder: string, secrets: Secrets, isGiven: (file: string) => boolean): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
    const whole = path.join(folder, file);
    if (!lstatSync(whole).isFile() || isGiven(file)) return [];
    return unpacked(readFileSync(whole)).flatMap((content) => leaksIn(file, content, secrets));
  });
}

/** The content itself, and what is packed in it. */
function unpacked(content: Buffer): Buffer[] {
  if (content.subarray(0, 2).equals(GZIP)) return [content, gunzipSync(content)];
  return content.subarray(0, 4).equals(LOCAL_HEADER) ? [content, ...zipped(content)] : [content];
}

/** By the central directory, because entries that were streamed have no length before them (APPNOTE.TXT 4.3). */
function zipped(zip: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = zip.indexOf(CENTRAL_HEADER); at >= 0; at = zip.indexOf(CENTRAL_HEADER, at + 46)) {
    const method = zip.readUInt16LE(at + 10);
    const packedBytes = zip.readUInt32LE(at + 20);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + packedBytes);
    entries.push(method === DEFLATED ? inflateRawSync(packed) : packed);
  }
  return entries;
}
