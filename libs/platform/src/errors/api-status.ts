import type { RcsError } from './rcs-error.js';

/** The error body of the `/api/v2` resources, as Genesys clients expect it. */
export interface ApiStatus {
  readonly statusCode: number;
  readonly statusMessage: string;
}

export function toApiStatus(error: RcsError): ApiStatus {
  const { definition, publicDetail } = error;
  return {
    statusCode: definition.apiStatusCode,
    statusMessage: publicDetail === undefined ? definition.title : `${definition.title}: ${publicDetail}`,
  };
}
