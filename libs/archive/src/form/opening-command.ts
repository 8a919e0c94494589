import type { Envelope } from '#cms';

/** Which program of OpenSSL opens a file, and with what. */
export interface Opening {
  readonly program: 'smime' | 'cms';
  /** To be typed into a POSIX shell, with the names of two or three files to be put in. */
  readonly command: string;
}

/**
 * The command of OpenSSL that opens a file with this envelope in it. `smime` knows PKCS#7 alone: RSAES-PKCS1-v1_5 for a
 * recipient by issuer and serial number; `cms` knows the rest. Where there are several recipients the key's certificate
 * has to be named: from version 3.2 on OpenSSL takes, by implicit rejection, what a key makes of the recipient of another
 * one for the session key.
 */
export function openingOf(
  {
    kind,
    recipients,
    otherRecipientCount,
    version,
  }: Pick<Envelope, 'kind' | 'recipients' | 'otherRecipientCount' | 'version'>,
  fileName: string,
): Opening {
  const isPkcs7 =
    kind === 'enveloped-data' &&
    version === 0 &&
    otherRecipientCount === 0 &&
    recipients.every(
      ({ identifier, keyEncryption }) =>
        identifier.type === 'issuer-and-serial-number' && keyEncryption.scheme === 'rsaes-pkcs1-v1_5',
    );
  const program = isPkcs7 ? 'smime' : 'cms';
  const named = recipients.length + otherRecipientCount > 1 ? ' -recip CERTIFICATE' : '';
  const file = /^[\w.@+-]+$/.test(fileName) ? fileName : `'${fileName.replaceAll("'", `'\\''`)}'`;
  // A file whose name begins with a hyphen would be an option.
  const input = file.startsWith('-') ? `./${file}` : file;
  return { program, command: `openssl ${program} -decrypt -inform DER -in ${input}${named} -inkey KEY -out OUT` };
}
