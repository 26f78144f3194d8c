import { z } from '../../contract/agent';

/** Whose time is asked for. */
export const where = z.object({
  place: z
    .string()
    .min(1)
    .max(100)
    .describe('A city, country or IANA time zone, such as "Paris" or "America/New_York"'),
});

/** Whose weather is asked for. */
export const city = z.object({ place: z.string().min(1).max(100).describe('A city, such as "Stockholm"') });
