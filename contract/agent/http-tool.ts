import type { z } from 'zod';
import type { HeaderValue } from './secret';
import type { ToolRules } from './tool-rules';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request to an API, declared. Arguments that the URL does not name go to the query of a GET, else to a JSON body. */
export interface HttpTool extends ToolRules {
  readonly kind: 'http';
  readonly method: HttpMethod;
  /**
   * `https://api.clinic.example/slots/{day}`: `{argument}` and `{variables.name}` may stand in path and query, never in
   * the host; both are percent-encoded.
   */
  readonly url: string;
  readonly arguments?: z.ZodObject;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  /** Arguments for the query, whatever the method. */
  readonly query?: readonly string[];
  /** The part of the answer that the model is given: what the schema does not name is left out. */
  readonly answer?: z.ZodType;
  /** What the model is told of a status, as in `{404: 'There is no such patient.'}`. */
  readonly errors?: Readonly<Record<number, string>>;
}

type Given<Arguments extends z.ZodObject> = Omit<HttpTool, 'kind' | 'method' | 'arguments' | 'query'> & {
  /** GET, unless said otherwise. */
  readonly method?: HttpMethod;
  readonly arguments?: Arguments;
  readonly query?: readonly (keyof z.output<Arguments> & string)[];
};

/** A tool that asks an HTTP API. */
export const http = <Arguments extends z.ZodObject>(tool: Given<Arguments>): HttpTool => ({
  method: 'GET',
  ...tool,
  kind: 'http',
});
