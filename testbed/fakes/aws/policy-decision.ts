type OneOrMany = string | readonly string[];

/** An identity's policy, as far as it is understood here. */
export interface PolicyDocument {
  readonly Statement?: readonly Statement[] | Statement;
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;
}

export interface Question {
  readonly action: string;
  readonly resource: string;
  /** Context by key in lower case. */
  readonly facts: ReadonlyMap<string, string>;
}

/** As IAM's simulator names it. */
export type Decision = 'allowed' | 'explicitDeny' | 'implicitDeny';

/** IAM's rule: a deny beats every allow, and without an allow there is none. */
export function decide(policies: readonly PolicyDocument[], question: Question): Decision {
  const matching = policies
    .flatMap((policy) => list(policy.Statement))
    .filter((statement) => matches(statement, question));
  if (matching.some(({ Effect: effect }) => effect === 'Deny')) return 'explicitDeny';
  return matching.length > 0 ? 'allowed' : 'implicitDeny';
}

function matches(
  { Action: actions, Resource: resources, Condition: conditions = {} }: Statement,
  question: Question,
): boolean {
  return (
    list(actions).some((pattern) => isLike(question.action.toLowerCase(), pattern.toLowerCase())) &&
    list(resources).some((pattern) => isLike(question.resource, pattern)) &&
    Object.entries(conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) =>
        isMet(operator, question.facts.get(key.toLowerCase()), list(wanted)),
      ),
    )
  );
}

function isMet(operator: string, fact: string | undefined, wanted: readonly string[]): boolean {
  if (fact === undefined) return false;
  if (operator === 'StringEquals') return wanted.includes(fact);
  if (/^(StringLike|ArnLike|ArnEquals)$/.test(operator)) return wanted.some((pattern) => isLike(fact, pattern));
  return false;
}

function isLike(text: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
