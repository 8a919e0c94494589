import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Schema } from '../../api/client.js';
import type { KeyFile } from '../../private-keys/private-key.js';

export interface ChosenCertificate {
  readonly name: string;
  /** PEM. */
  readonly text: string;
  /** What the server reads in it; a certificate is no secret. */
  readonly inspected: NonNullable<Schema<'Inspection'>['certificate']>;
}

export interface ChosenKey {
  readonly name: string;
  readonly file: KeyFile;
  /** Bits; unknown as long as the key is encrypted. */
  readonly size: number | undefined;
}

/** What reads private keys is loaded when somebody chooses one. */
export const privateKeys = async () => ({
  ...(await import('../../private-keys/private-key.js')),
  ...(await import('../../private-keys/certificate-key.js')),
  ...(await import('../../private-keys/seal-key.js')),
});

/** Larger files are neither. */
const maximumBytes = 1_000_000;

/** The certificate that was chosen: read by the server, which says as well whether it may encrypt. */
export function useChosenCertificate() {
  const [chosen, setChosen] = useState<ChosenCertificate>();
  const { mutate, error, isPending } = useMutation({
    mutationFn: async (file: File): Promise<ChosenCertificate> => {
      const text = await file.slice(0, maximumBytes).text();
      // A file may hold its key, too: that stays here.
      const certificate = withoutKeys(text);
      const { certificate: inspected } = await answerOf(
        api.POST('/rcs/certificates/inspect', { body: { certificate } }),
      );
      if (inspected === undefined) throw new Error('the server read no certificate');
      return { name: file.name, text: certificate, inspected };
    },
    onSuccess: setChosen,
    onMutate: () => setChosen(undefined),
  });
  return { chosen, choose: mutate, error, isPending };
}

/** The key that was chosen: it is read here, and stays here. */
export function useChosenKey() {
  const [chosen, setChosen] = useState<ChosenKey>();
  const { mutate, error } = useMutation({
    mutationFn: async (file: File): Promise<ChosenKey> => {
      const { readKeyFile, openKey } = await privateKeys();
      const found = readKeyFile(await file.slice(0, maximumBytes).text());
      return { name: file.name, file: found, size: found.needsPassword ? undefined : (await openKey(found, '')).size };
    },
    onSuccess: setChosen,
    onMutate: () => setChosen(undefined),
  });
  return { chosen, choose: mutate, error };
}

const withoutKeys = (pem: string): string =>
  pem.replace(/-----BEGIN ([^-\r\n]*PRIVATE KEY)-----[\s\S]*?(-----END \1-----|$)/g, '');
