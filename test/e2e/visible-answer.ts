/** An answer of the gateway, read to its end. */
export interface ReadAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const perRequest = new Set(['date', 'x-request-id']);
/** New for every answer, whatever is asked: an id, a token, a cookie. Only that they are there is compared. */
const random = new Set(['x-csrf-token', 'set-cookie']);

/** Everything an answer tells, in its order, but what is new in every answer. */
export function visible({ status, headers, body }: ReadAnswer): string {
  const shown = Object.entries(headers)
    .filter(([name]) => !perRequest.has(name))
    .map(([name, value]) => `${name}: ${random.has(name) ? '...' : String(value)}`);
  return [status, ...shown, '', body.toString()].join('\n');
}
