import { CertificateError, parseCertificatePem, type CertificateInfo } from '#certificates';
import { isKeyLabelName, keyLabelNameRule, type KeyName } from '#contracts';
import { RcsError } from '#platform';

const invalid = (what: string, detail: string): RcsError =>
  new RcsError('RCS_INVALID_VALUE', `bad ${what}`, { publicDetail: detail });

export function checkedName(what: string, name: string): string {
  if (isKeyLabelName(name)) return name;
  throw invalid(what, `the ${what} ${keyLabelNameRule}`);
}

/** @throws RcsError RCS_INVALID_VALUE unless a key is named in full */
export function checkedKeyName(name: KeyName | null | undefined): KeyName {
  if (name === null || name === undefined) throw invalid('key', 'name the key by contact center and key identifier');
  return {
    contactCenter: checkedName('contact center', name.contactCenter),
    keyIdentifier: checkedKeyIdentifier(name.keyIdentifier),
  };
}

export function checkedKeyIdentifier(text: string): string {
  if (/^[0-9a-f]{40}$/.test(text)) return text;
  throw invalid('key identifier', 'a key identifier is 40 lower-case hexadecimal digits');
}

/** The first certificate of a PEM text. @throws RcsError RCS_KEY_REFUSED saying what is wrong with it */
export function checkedCertificate(pem: string): CertificateInfo {
  try {
    return parseCertificatePem(pem)[0];
  } catch (error) {
    throw fromCertificateError(error);
  }
}

/** What is wrong with a certificate or subject is told to whoever sent it. */
export function fromCertificateError(error: unknown): unknown {
  if (!(error instanceof CertificateError)) return error;
  const code = error.code === 'SUBJECT_INVALID' ? 'RCS_INVALID_VALUE' : 'RCS_KEY_REFUSED';
  return new RcsError(code, error.message, { publicDetail: error.message, cause: error });
}
