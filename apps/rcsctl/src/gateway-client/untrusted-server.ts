/** What OpenSSL says of a certificate that no authority vouches for which is trusted here. */
const untrusted: ReadonlySet<unknown> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
]);

/** An error of a connection; with what to do where the authority of the server is not known. */
export function namingAuthority(
  error: unknown,
  { url, caPem }: { readonly url: string; readonly caPem?: string | undefined },
) {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  if (!untrusted.has(code)) return error;
  const what =
    caPem === undefined
      ? "this machine does not trust the authority of its certificate: name the authority's file with --ca"
      : 'its certificate is not from the authority that --ca, or rcsctl.gateway.caFile, names';
  return new Error(`${url}: ${what} (${String(code)})`);
}
