/** What is asked for at a public host. */
export interface LandingRequest {
  readonly kind: 'http' | 'upgrade';
  readonly path: string;
}

/** The tasks behind a host: in turn, or as a function has it. */
export type Tasks = readonly string[] | ((request: LandingRequest) => string);

/**
 * Where a public URL leads on this machine: to the tasks behind its host, as behind a load balancer that ends TLS, or, on
 * loopback and where that is allowed, to itself.
 */
export class Landing {
  readonly #hosts = new Map<string, Tasks>();
  readonly #allowsLoopback: boolean;
  #turn = 0;

  constructor(options: { readonly hosts: Readonly<Record<string, Tasks>>; readonly allowsLoopback: boolean }) {
    for (const [host, tasks] of Object.entries(options.hosts)) this.#hosts.set(host, tasks);
    this.#allowsLoopback = options.allowsLoopback;
  }

  set(host: string, tasks: Tasks): void {
    this.#hosts.set(host, tasks);
  }

  /** The origin on loopback, as `http://127.0.0.1:7860`; undefined where nobody is there, or nobody may be. */
  of(url: URL, kind: LandingRequest['kind']): string | undefined {
    const tasks = this.#hosts.get(url.host);
    const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
    if (tasks !== undefined && isSecure) {
      if (typeof tasks === 'function') return tasks({ kind, path: `${url.pathname}${url.search}` });
      this.#turn += 1;
      return tasks[this.#turn % tasks.length];
    }
    return this.isLoopback(url) && !isSecure ? `http://${url.host}` : undefined;
  }

  /** Whether it is in clear text on this machine, and that will do. */
  isLoopback({ hostname }: URL): boolean {
    return this.#allowsLoopback && (hostname === '127.0.0.1' || hostname === 'localhost');
  }
}
