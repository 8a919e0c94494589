/** The parts of `hawk` that this product uses; the published declarations bring thirty packages of an old HTTP client. */
declare module 'hawk' {
  interface HawkKey {
    readonly key: string;
    readonly algorithm: 'sha256';
  }

  interface SignedRequest {
    readonly method: string;
    readonly url: string;
    readonly host: string;
    readonly port: number;
    readonly authorization: string | undefined;
    readonly contentType: string;
  }

  interface Artifacts {
    readonly id: string;
    readonly ts: string;
    readonly nonce: string;
    readonly hash?: string;
    readonly ext?: string;
  }

  interface Authenticated<Key extends HawkKey> {
    readonly credentials: Key;
    readonly artifacts: Artifacts;
  }

  const server: {
    /** @throws Boom errors; `Bad mac`, `Stale timestamp` and others as message. */
    authenticate<Key extends HawkKey>(
      request: SignedRequest,
      credentials: (id: string) => Promise<Key | null>,
      options: { readonly timestampSkewSec: number },
    ): Promise<Authenticated<Key>>;
    authenticatePayload(
      payload: string | Buffer,
      credentials: HawkKey,
      artifacts: Artifacts,
      contentType: string,
    ): void;
  };

  const client: {
    header(
      uri: string,
      method: string,
      options: {
        readonly credentials: HawkKey & { readonly id: string };
        readonly timestamp?: number;
        readonly nonce?: string;
        readonly ext?: string;
        readonly payload?: string;
        readonly contentType?: string;
        readonly localtimeOffsetMsec?: number;
      },
    ): { readonly header: string };
  };
}
