import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { leaksBelow, leaksIn } from '../../../../testbed/programs/rehearse-cloud/leaks';

const VALUE = 'k+9/"secret"';
const SECRETS = new Map([['the key', VALUE]]);

/** A packed file with one entry, as terraform writes a plan: its length stands in the directory at the end alone. */
function zipOf(text: string): Buffer {
  const packed = deflateRawSync(text);
  const local = Buffer.alloc(30);
  local.write('PK\u0003\u0004');
  const central = Buffer.alloc(46);
  central.write('PK\u0001\u0002');
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  return Buffer.concat([local, packed, central]);
}

describe('a planted secret', () => {
  it.each([
    ['as it is', `key=${VALUE}`],
    ['in JSON', JSON.stringify({ key: VALUE })],
    ['in an address', `https://example.org/?key=${encodeURIComponent(VALUE)}`],
    ['as base64', Buffer.from(VALUE).toString('base64')],
  ])('is found %s, and not shown', (_how, text) => {
    expect(leaksIn('the log', Buffer.from(text), SECRETS)).toEqual(['the log: the key']);
  });

  it('is found in files of a folder, in plans and what else is packed, but where it was given', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'leaks-'));
    const files = {
      'keys.env': VALUE,
      'a.txt': VALUE,
      'plan.tfplan': zipOf(VALUE),
      'b.gz': gzipSync(VALUE),
      'c.txt': '',
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
    const found = leaksBelow(folder, SECRETS, (file) => file === 'keys.env');
    rmSync(folder, { recursive: true });
    expect(found.sort()).toEqual(['a.txt: the key', 'b.gz: the key', 'plan.tfplan: the key']);
  });
});
