import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const querySchema = z.object({
  Name: z.string().min(1).max(128),
  Description: z.string().min(1).max(1_024).optional(),
  Database: z.string().min(1),
  QueryString: z.string().min(1).max(262_144),
  WorkGroup: z.string().default('primary'),
});
const idSchema = z.object({ NamedQueryId: z.string() });
const idsSchema = z.object({ NamedQueryIds: z.array(z.string()).min(1).max(50) });

/** Athena's saved queries, which the emulator makes and cannot delete. */
export class NamedQueries {
  readonly #byId = new Map<string, z.infer<typeof querySchema>>();

  /** For `FakeAws`. */
  readonly answers: Readonly<Record<string, (body: unknown) => unknown>> = {
    'athena:CreateNamedQuery': (body) => {
      const NamedQueryId = randomUUID();
      this.#byId.set(NamedQueryId, querySchema.parse(body));
      return { NamedQueryId };
    },
    'athena:BatchGetNamedQuery': (body) => {
      const ids = idsSchema.parse(body).NamedQueryIds;
      const found = ids.flatMap((NamedQueryId) => {
        const query = this.#byId.get(NamedQueryId);
        return query === undefined ? [] : [{ NamedQueryId, ...query }];
      });
      return { NamedQueries: found };
    },
    'athena:ListNamedQueries': () => ({ NamedQueryIds: [...this.#byId.keys()] }),
    'athena:DeleteNamedQuery': (body) => {
      this.#byId.delete(idSchema.parse(body).NamedQueryId);
      return {};
    },
  };
}
