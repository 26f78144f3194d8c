import { z } from 'zod';

/** Who may set a variable of a call: a browser, whose word is a claim, or only a server with its own key. */
export type Giver = 'browser' | 'server';

/** Lets a browser set this variable. It may greet with it; it must not authorise by it. */
export const fromBrowser = <Schema extends z.ZodType>(schema: Schema): Schema => schema.meta({ giver: 'browser' });

/** Who may set a variable: a server, unless it is declared otherwise, inside of `.optional()` and the like, too. */
export function giverOf(schema: z.ZodType): Giver {
  if (schema.meta()?.['giver'] === 'browser') return 'browser';
  const inner = 'innerType' in schema.def ? schema.def.innerType : undefined;
  return inner instanceof z.ZodType ? giverOf(inner) : 'server';
}
