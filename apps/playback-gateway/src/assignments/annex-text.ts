import { certificatePem } from '#certificates';
import { RcsError } from '#platform';

/** One option of the section: alias and certificate (PEM). */
export interface AnnexCertificate {
  readonly alias: string;
  readonly certificate: string;
}

const section = 'recording-certificates';
const pemMark = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/;

/**
 * The annex of an IVR profile in its text form: the section `recording-certificates` with an option per certificate.
 * Line ends of the PEM are written as `\n`, so that an option is one line.
 */
export function writeAnnex(certificates: readonly AnnexCertificate[]): string {
  const options = certificates.map(
    ({ alias, certificate }) => `${alias}=${certificate.trim().replace(/\r?\n/g, '\\n')}`,
  );
  return [`[${section}]`, ...options, ''].join('\n');
}

/**
 * Reads an exported annex, whichever way the tool wrote line ends: as they are, as `\n`, or as blanks. Other sections
 * are passed over.
 * @throws RcsError RCS_INVALID_VALUE naming the option.
 */
export function readAnnex(text: string): AnnexCertificate[] {
  const lines = sectionLines(text);
  if (lines === undefined) throw refused(`there is no section [${section}]`);
  const options: { alias: string; value: string }[] = [];
  for (const line of lines) {
    const option = /^\s*([^=\s][^=]*?)\s*=\s*(.*)$/.exec(line);
    const last = options.at(-1);
    const insidePem = last !== undefined && last.value.includes('-----BEGIN') && !last.value.includes('-----END');
    if (option?.[1] !== undefined && !insidePem) options.push({ alias: unquoted(option[1]), value: option[2] ?? '' });
    else if (last !== undefined) last.value += `\n${line}`;
    else throw refused(`the line ${JSON.stringify(line.slice(0, 60))} is no option`);
  }
  return options.map(({ alias, value }) => ({ alias, certificate: pemIn(alias, value) }));
}

function sectionLines(text: string): string[] | undefined {
  let found: string[] | undefined;
  let inside = false;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n?|\n/)) {
    const header = /^\s*\[([^\]]*)\]\s*$/.exec(line);
    if (header !== null) {
      inside = header[1]?.trim() === section;
      if (inside) found ??= [];
    } else if (inside && line.trim() !== '' && !/^\s*[;#]/.test(line)) {
      found?.push(line);
    }
  }
  return found;
}

function pemIn(alias: string, value: string): string {
  const text = unquoted(value.trim()).replaceAll('\\r', '').replaceAll('\\n', '\n');
  const base64 = (pemMark.exec(text)?.[1] ?? text).replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw refused(`the option ${JSON.stringify(alias)} holds no certificate in PEM`);
  }
  return certificatePem(Buffer.from(base64, 'base64'));
}

const unquoted = (text: string): string => text.replace(/^"([\s\S]*)"$/, '$1');

const refused = (why: string): RcsError =>
  new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: `annex: ${why}` });
