/** A line for whoever runs an older Node than is looked after; undefined for everybody else. */
export function nodeAdvice(version?: string): string | undefined;
