import { answerOf, api, type Schema } from '../../api/client.js';
import { KeyFileProblem } from '../../private-keys/key-file-problem.js';
import type { ImportKey } from '../../private-keys/seal-key.js';
import { privateKeys, type ChosenCertificate, type ChosenKey } from './chosen-files.js';

export interface Upload {
  readonly certificate: ChosenCertificate;
  readonly key: ChosenKey;
  readonly password: string;
  readonly alias: string;
  readonly decryptOnly: boolean;
  readonly assignTo: string | undefined;
  /** Confirms that another key of the contact center may bear the names of the certificate. */
  readonly sameName: boolean;
}

/**
 * Uploads a pair. The private key is opened, compared with its certificate and encrypted to every vault in this page; the
 * gateway passes on what it cannot read.
 * @throws KeyFileProblem, ApiProblem
 */
export async function uploadCertificate(upload: Upload): Promise<Schema<'UploadedCertificate'>> {
  const { certificate, key, password, alias, decryptOnly, assignTo, sameName } = upload;
  const { demandCryptography, openKey, isKeyOf, sealKey } = await privateKeys();
  demandCryptography();
  const opened = await openKey(key.file, password);
  try {
    if (!isKeyOf(opened, certificate.text)) throw new KeyFileProblem('ofAnotherCertificate');
    const { importKeys } = await answerOf(api.GET('/rcs/keys/import-keys'));
    return await answerOf(
      api.POST('/rcs/certificates', {
        body: {
          certificate: certificate.text,
          keyJwe: await sealKey(opened.pkcs8, importKeys as readonly ImportKey[]),
          keyFormat: key.file.format,
          alias,
          decryptOnly,
          sameName,
          ...(assignTo === undefined ? {} : { assignTo }),
        },
      }),
    );
  } finally {
    opened.pkcs8.fill(0);
  }
}
