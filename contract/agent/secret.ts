/** A value that an agent names and never holds: it lives in Secrets Manager, and is read when a tool is called. */
export interface SecretReference {
  readonly kind: 'secret';
  /** The variable of the process that holds it, as in CLINIC_KEY. */
  readonly name: string;
}

/** A text made of a secret and what stands before it, such as `Bearer `. */
export interface SecretText {
  readonly kind: 'secret-text';
  readonly prefix: string;
  readonly secret: SecretReference;
}

/** The value of a header: text as it is, or made of a secret when it is sent. */
export type HeaderValue = string | SecretReference | SecretText;

/** Names a secret: `ops secrets setup` asks for it, the stacks create and grant it, and the task gets it. */
export const secret = (name: string): SecretReference => ({ kind: 'secret', name });

/** `Authorization: Bearer …`, with a secret. */
export const bearer = (token: SecretReference): SecretText => ({
  kind: 'secret-text',
  prefix: 'Bearer ',
  secret: token,
});
