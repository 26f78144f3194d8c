/** What was looked at, line by line, and what is not as it must be. */
export class Report {
  readonly problems: string[] = [];

  say(line: string): void {
    console.log(line);
  }

  /** `what` is said of it whether it holds or not. */
  check(holds: boolean, what: string): void {
    this.say(`${holds ? '  ok      ' : '  PROBLEM '} ${what}`);
    if (!holds) this.problems.push(what);
  }
}

export const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
