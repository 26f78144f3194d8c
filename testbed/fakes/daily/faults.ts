import type { FatalType } from './signals';

/** Something that Daily does on a bad day to requests of its REST API. */
export interface RestFault {
  readonly status: number;
  readonly error: string;
  readonly info?: string;
  /** How many requests it hits; all until cleared unless told. */
  readonly count?: number;
  /** Requests it hits, as `POST /rooms`; all unless told. */
  readonly match?: RegExp;
}

/** Faults on demand; what is not set works. */
export class DailyFaults {
  /** What becomes of the call machine's download. */
  bundle: 'ok' | 'fails' | 'hangs' = 'ok';
  /** Joins are refused with this. */
  joinRefusal: FatalType | undefined;
  /** Connections to rooms are accepted and nothing ever comes of them. */
  joinHangs = false;
  /** Requests are read and never answered. */
  restHangs = false;
  /** Connections are reset before an answer. */
  restResets = false;
  /** So many requests are obeyed, and their connections reset before the answer. */
  answersLost = 0;
  #rest: { readonly fault: RestFault; left: number }[] = [];

  rest(fault: RestFault): void {
    this.#rest.push({ fault, left: fault.count ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.bundle = 'ok';
    this.joinRefusal = undefined;
    this.joinHangs = false;
    this.restHangs = false;
    this.restResets = false;
    this.answersLost = 0;
    this.#rest = [];
  }

  /** The fault that hits this request, counted. */
  forRequest(method: string, path: string): RestFault | undefined {
    const request = `${method} ${path}`;
    const hit = this.#rest.find(({ fault, left }) => left > 0 && (fault.match?.test(request) ?? true));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    return hit.fault;
  }

  /** Whether the answer to this request is lost, counted. */
  losesAnswer(): boolean {
    if (this.answersLost <= 0) return false;
    this.answersLost -= 1;
    return true;
  }
}
