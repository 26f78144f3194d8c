/** How much JSON a client's message may hold; well above anything Pipecat's clients send. */
export interface JsonBounds {
  readonly maxDepth: number;
  /** Objects, arrays and scalars together. */
  readonly maxNodes: number;
}

const MESSAGE_BOUNDS: JsonBounds = { maxDepth: 32, maxNodes: 20_000 };

/**
 * Whether `value` keeps within the bounds. Walks without recursion, so that depth cannot overflow the stack, and stops
 * at the first excess: recursion later on (a copy, JSON.stringify) is then safe too.
 */
export function withinBounds(value: unknown, bounds: JsonBounds = MESSAGE_BOUNDS): boolean {
  const pending: { readonly node: unknown; readonly depth: number }[] = [{ node: value, depth: 1 }];
  let nodes = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    nodes += 1;
    if (nodes > bounds.maxNodes || next.depth > bounds.maxDepth) return false;
    if (typeof next.node !== 'object' || next.node === null) continue;
    const children: unknown[] = Array.isArray(next.node) ? next.node : Object.values(next.node);
    if (nodes + pending.length + children.length > bounds.maxNodes) return false;
    for (const child of children) pending.push({ node: child, depth: next.depth + 1 });
  }
  return true;
}
