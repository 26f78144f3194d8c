import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const definitionSchema = z.object({
  queryDefinitionId: z.string().optional(),
  name: z.string(),
  queryString: z.string(),
  logGroupNames: z.array(z.string()).optional(),
});
const prefixSchema = z.object({ queryDefinitionNamePrefix: z.string().default('') });
const idSchema = z.object({ queryDefinitionId: z.string() });

/** CloudWatch Logs' saved queries, which the emulator does not know. */
export class QueryDefinitions {
  readonly #byId = new Map<string, z.infer<typeof definitionSchema>>();

  get count(): number {
    return this.#byId.size;
  }

  /** For `FakeAws`. */
  readonly answers: Readonly<Record<string, (body: unknown) => unknown>> = {
    'logs:PutQueryDefinition': (body) => {
      const { queryDefinitionId = randomUUID(), ...definition } = definitionSchema.parse(body);
      this.#byId.set(queryDefinitionId, { queryDefinitionId, ...definition });
      return { queryDefinitionId };
    },
    'logs:DescribeQueryDefinitions': (body) => {
      const { queryDefinitionNamePrefix: prefix } = prefixSchema.parse(body);
      return { queryDefinitions: [...this.#byId.values()].filter(({ name }) => name.startsWith(prefix)) };
    },
    'logs:DeleteQueryDefinition': (body) => ({ success: this.#byId.delete(idSchema.parse(body).queryDefinitionId) }),
  };
}
