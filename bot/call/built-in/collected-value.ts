import { z } from 'zod';
import type { CollectTool } from '../../../contract/agent';
import { dayOf, spokenDigits, spokenMoment } from '../../../contract/languages/spoken';

type Wanted = Pick<CollectTool, 'value' | 'length'>;

/** How many digits are wanted. */
export function lengthOf(length: CollectTool['length']): { readonly least: number; readonly most: number } {
  if (length === undefined) return { least: 1, most: 64 };
  return typeof length === 'number' ? { least: length, most: length } : { least: length[0], most: length[1] };
}

/** A value as it is kept: checked, and written in one way. What it cannot be is said in words for the model. */
export function collectedValue({ value, length }: Wanted): z.ZodType<string, string> {
  const text = z.string().trim().min(1).max(200);
  switch (value) {
    case 'digits': {
      const { least, most } = lengthOf(length);
      const rule = least === most ? `it must have ${least} digits` : `it must have ${least} to ${most} digits`;
      return text
        .describe('Its digits, as in 0471')
        .transform((said) => said.replace(/[\s.,-]/g, ''))
        .refine((digits) => /^\d+$/.test(digits), 'it must be digits only')
        .refine(({ length: count }) => count >= least && count <= most, rule);
    }
    case 'date':
      return text
        .describe('As YYYY-MM-DD')
        .refine((said) => dayOf(said) !== undefined, 'it must be a day of the calendar, as YYYY-MM-DD');
    case 'time':
      return text
        .describe('As HH:MM, from 00:00 to 23:59')
        .refine((said) => /^([01]\d|2[0-3]):[0-5]\d$/.test(said), 'it must be a time as HH:MM');
    case 'name':
      return text
        .describe('As it is written')
        .refine((said) => /^[\p{L}\p{M} .'’-]{1,60}$/u.test(said), 'it must be a name: letters, 60 at most');
    case 'phone-number':
      return text
        .describe('Its digits, with + in front where the caller names the country')
        .transform((said) => said.replace(/[\s().-]/g, ''))
        .refine((number) => /^\+?\d{5,15}$/.test(number), 'it must be 5 to 15 digits');
    case 'email':
      return text
        .describe('As in ana@example.com')
        .refine((said) => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(said), 'it must be an address as in ana@example.com');
    case 'text':
      return text.describe('In the words of the caller');
  }
}

/** A value as it is read back to the caller. */
export function spokenValue(kind: CollectTool['value'], value: string, language: string): string {
  switch (kind) {
    case 'digits':
    case 'phone-number':
      return spokenDigits(value);
    case 'date':
    case 'time':
      return spokenMoment(value, language, 'long') ?? value;
    default:
      return value;
  }
}
