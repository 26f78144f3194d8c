import express, { type Request, type RequestHandler } from 'express';
import { BotError } from '../../errors';
import type { FormFields } from '../../transport/twilio';

/** A webhook has some dozens of short fields. */
const MAX_BYTES = 16 * 1024;

/** Reads a form as it is, with every field and in full: whoever signed it has signed all of it. */
export function readForm(): RequestHandler[] {
  const raw = express.raw({ limit: MAX_BYTES, inflate: false, type: () => true });
  const parse: RequestHandler = (req, _res, next) => {
    if (req.is('application/x-www-form-urlencoded') === false) {
      throw new BotError('unsupported_media_type', 'Send a form: application/x-www-form-urlencoded.');
    }
    const body: unknown = req.body;
    const text = Buffer.isBuffer(body) ? body.toString('utf8') : '';
    req.body = [...new URLSearchParams(text)];
    next();
  };
  return [raw, parse];
}

export function fieldsOf(req: Request): FormFields {
  return req.body as FormFields; // As `readForm` has left it.
}

/** The first field of this name; '' where there is none. */
export function fieldOf(req: Request, name: string): string {
  return fieldsOf(req).find(([one]) => one === name)?.[1] ?? '';
}
