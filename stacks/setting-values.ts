import { z } from 'zod';
import { E164 } from '../contract/phone-variables';
import { networkOf } from './cidr';

/* The kinds of value that settings are made of, each with the rule that a wrong one is told. */

export const matching = (pattern: RegExp, rule: string | { error: string; abort: boolean }) =>
  z.string().regex(pattern, rule);

/** A list in which nothing stands twice: AWS refuses most of them only when they are applied. */
export const distinct = <Item extends z.ZodType<string>>(item: Item) =>
  z.array(item).refine((items) => new Set(items).size === items.length, { error: 'must not name the same twice' });

/**
 * An AWS region of the commercial partition or of GovCloud. China's and the isolated partitions have other endpoints
 * and service principals, and no Nova Sonic (contract/models.ts).
 */
export const region = () =>
  matching(/^[a-z]{2}(-gov)?-[a-z]+-\d$/, 'must be an AWS region such as "eu-north-1"').refine(
    (name) => !name.startsWith('cn-'),
    { error: 'must not be a region in China: its endpoints are others, and it has no Nova Sonic' },
  );

export const arn = (service: string, resource: string) =>
  matching(
    new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]*:\\d{12}:${resource}.+$`),
    `must be an ARN of ${service}, such as "arn:aws:${service}:<region>:<account>:${resource}…"`,
  );

/** Whom a policy can name. What `aws sts get-caller-identity` says of a session is not: it lacks the path of its role. */
export const principalArn = () =>
  z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/.+$/, {
    error: ({ input }) => {
      const [, account, name] = /^arn:[\w-]+:sts::(\d+):assumed-role\/([^/]+)\//.exec(String(input)) ?? [];
      return name === undefined
        ? 'must be the ARN of a role or user, such as "arn:aws:iam::111111111111:role/NAME"'
        : `must name the role, not a session of it: "arn:aws:iam::${account}:role/${name}", or with its path as aws iam get-role --role-name ${name} prints it`;
    },
  });

export const resourceId = (prefix: string) =>
  matching(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `must look like "${prefix}-0123456789abcdef0"`);

const IPV4_RANGE = 'must be an IPv4 range such as "10.20.0.0/16"';
export const cidr = () =>
  matching(/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, { error: IPV4_RANGE, abort: true }).superRefine((value, context) => {
    const network = networkOf(value);
    if (network === undefined) context.addIssue({ code: 'custom', message: IPV4_RANGE });
    else if (network !== value)
      context.addIssue({ code: 'custom', message: `must be a network without host bits: "${network}"` });
  });

/**
 * An image's name without tag and digest, by the grammar of references to images
 * (github.com/distribution/reference): lower-case components with single separators, and a registry that may have a port.
 */
export const imageRepository = () => {
  const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
  const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
  const registry = `${label}(?:\\.${label})*(?::[0-9]{1,5})?`;
  return matching(
    new RegExp(`^(?:${registry}/)?${component}(?:/${component})*$`),
    'must be a repository such as "registry.example.com:5000/team/bot", without a tag',
  );
};

/** Whether it is the name of a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Where a person is reached: RFC 3966 and RFC 3261, as far as a line can dial them, or a page for whoever is to be told. */
export const destination = () =>
  matching(
    /^(tel:\+[0-9]{4,15}|sips?:[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,190}|https:\/\/[^\s,=/]{1,190}(\/[^\s,=]{0,60})?)$/,
    'must be "tel:+441234567890", "sip:desk@example.com" or an https URL without "," and "="',
  );

export const PHONE_NUMBER_RULE = 'must be a number in E.164 such as "+14155550100"';
/** A telephone number with its country, as ITU-T E.164 writes it. */
export const phoneNumber = () => matching(E164, PHONE_NUMBER_RULE);
