import { Conference } from './conference';

/** The conferences of an account: by their identifier, and by their name while they go on. */
export class Conferences {
  readonly #all: Conference[] = [];

  get all(): readonly Conference[] {
    return this.#all;
  }

  /** The one of this name that goes on, or a new one. */
  named(name: string): Conference {
    const there = this.find(name);
    if (there !== undefined) return there;
    const conference = new Conference(name);
    this.#all.push(conference);
    return conference;
  }

  /** By identifier, or by name while it goes on. */
  find(sidOrName: string): Conference | undefined {
    return this.#all.find(
      ({ sid, name, status }) => sid === sidOrName || (name === sidOrName && status !== 'completed'),
    );
  }
}
