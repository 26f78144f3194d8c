import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { mb, type Report } from './report';
import type { Target } from './targets';
import { bytesOf } from './tree';

const PARTS = ['app/dist', 'app/node_modules', 'app', 'usr/local/bin', 'usr/lib/chromium', 'usr/lib', 'usr/share'];

/** A layer of these files, packed by the image's own Node: as zstd at its usual level, and as gzip. */
const PACK = `
const zlib = require('node:zlib');
const packers = [zlib.createZstdCompress(), zlib.createGzip()];
const sizes = packers.map((packer) => {
  const size = { bytes: 0 };
  packer.on('data', (chunk) => (size.bytes += chunk.length));
  process.stdin.pipe(packer);
  return size;
});
process.on('exit', () => console.log(JSON.stringify(sizes.map(({ bytes }) => bytes))));
`;

function packedBytes(root: string, node: string, files: readonly string[]): [zstd: number, gzip: number] {
  const pack = 'cd "$1" && node=$2 && program=$3 && shift 3 && tar --numeric-owner -cf - "$@" | "$node" -e "$program"';
  return JSON.parse(execFileSync('sh', ['-c', pack, 'sh', root, node, PACK, ...files], { encoding: 'utf8' })) as [
    number,
    number,
  ];
}

/** I8: what leaves its limits is a problem. */
export function checkSizes(
  root: string,
  node: string,
  { name, mostBytes, mostPackedBytes }: Target,
  report: Report,
): void {
  for (const part of PARTS.filter((one) => existsSync(path.join(root, one)))) {
    report.say(`    ${part.padEnd(18)} ${mb(bytesOf(path.join(root, part))).padStart(9)}`);
  }
  const bytes = bytesOf(root);
  const system = ['etc', 'lib', 'lib64', 'usr', 'var'].filter((one) => existsSync(path.join(root, one)));
  const [zstd, gzip] = [packedBytes(root, node, system), packedBytes(root, node, ['app'])].reduce((sum, layer) => [
    sum[0] + layer[0],
    sum[1] + layer[1],
  ]);
  report.check(bytes <= mostBytes, `I8: ${name} is ${mb(bytes)} (at most ${mb(mostBytes)})`);
  report.check(
    zstd <= mostPackedBytes,
    `I8: ${name} is ${mb(zstd)} packed (at most ${mb(mostPackedBytes)}); ${mb(gzip)} by gzip`,
  );
}
