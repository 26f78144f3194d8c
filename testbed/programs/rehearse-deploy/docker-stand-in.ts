import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A `docker` without a daemon, on the PATH of one rehearsal; docker.mjs is the program. */
export class DockerStandIn {
  readonly bin: string;
  readonly #state: string;

  /** @param folder where it keeps what was built; @param repository the registry's, which it pushes into */
  constructor(
    folder: string,
    private readonly repository: string,
  ) {
    this.bin = path.join(folder, 'bin');
    this.#state = path.join(folder, 'docker.json');
    mkdirSync(this.bin);
    const docker = path.join(this.bin, 'docker');
    writeFileSync(docker, `#!/bin/sh\nexec '${process.execPath}' '${path.join(__dirname, 'docker.mjs')}' "$@"\n`);
    chmodSync(docker, 0o755);
  }

  get env(): Record<string, string> {
    return { FAKE_DOCKER_STATE: this.#state, FAKE_DOCKER_REPOSITORY: this.repository };
  }

  /** The commands so far, word for word. */
  get commands(): string[][] {
    const log = `${this.#state}.log`;
    if (!existsSync(log)) return [];
    return readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
  }

  /** What an image calls itself: what it was built with. */
  versionOf(digest = ''): string {
    if (!existsSync(this.#state)) return 'unknown';
    const { tags = {} } = JSON.parse(readFileSync(this.#state, 'utf8')) as { tags?: Record<string, string> };
    return tags[digest] ?? 'unknown';
  }
}
