/** One line of the request log of the local key manager. */
export interface LoggedRequest {
  /** UUID */
  readonly id: string;
  readonly userId: string;
  /** Path without its query. */
  readonly requestUri: string;
  readonly requestMethod: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly time: number;
}

/** Which lines are asked for; both ends belong to the time. */
export interface RequestLogQuery {
  readonly maxEntries: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly earliest: number;
  readonly latest: number;
}
