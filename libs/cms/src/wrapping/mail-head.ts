/** The head of a mail or of one of its parts (RFC 5322, 2.2; RFC 2045). */
export interface MailHead {
  /** Fields by their names in lower case, unfolded; of several of one name the first. */
  readonly fields: ReadonlyMap<string, string>;
  /** Offset of the first byte behind the blank line. */
  readonly bodyOffset: number;
}

/** A field with a type and a name is no longer than this. */
const longestValue = 4096;

/** The line that separates mails in an mbox (RFC 4155) is no field. */
const mboxLine = /^>?From [^\r\n]{1,1000}\r?\n/;
const blankLine = /\r?\n\r?\n|\r\r/g;
const field = /^([!-9;-~]{1,256})[ \t]*:[ \t]*(.*)$/;
const mediaType = /^"?application\/(?:x-)?pkcs7-mime"?\s*(?:;|$)/i;
const fileName = /\b(?:file)?name\*?\s*=\s*"?[^";]{0,512}\.p7m\b/i;

/** @returns undefined unless fields and a blank line begin at `begin`. */
export function readMailHead(text: string, begin: number): MailHead | undefined {
  const start = begin + (mboxLine.exec(text.slice(begin, begin + 1100))?.[0].length ?? 0);
  if (!field.test(/^[^\r\n]*/.exec(text.slice(start, start + 4096))?.[0] ?? '')) return undefined;
  blankLine.lastIndex = start;
  const blank = blankLine.exec(text);
  if (blank === null) return undefined;
  const fields = new Map<string, string>();
  for (const line of unfolded(text.slice(start, blank.index))) {
    const [, name, value] = field.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !fields.has(name.toLowerCase()))
      fields.set(name.toLowerCase(), value.trim());
  }
  return { fields, bodyOffset: blank.index + blank[0].length };
}

function unfolded(head: string): string[] {
  const lines: string[][] = [];
  for (const line of head.split(/\r\n|\n|\r/)) {
    const last = lines.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) last.push(line.trim());
    else lines.push([line]);
  }
  return lines.map(pieces => pieces.join(' '));
}

/** Enveloped or signed content by its type or, behind programs that know no such type, by its file name (RFC 8551, 3.2.1). */
export function isCmsMail({ fields }: MailHead): boolean {
  const short = (name: string): string => (fields.get(name) ?? '').slice(0, longestValue);
  const type = short('content-type');
  return mediaType.test(type) || fileName.test(type) || fileName.test(short('content-disposition'));
}

/** How the body may be written: mails without a transfer encoding have base64 as well, and OpenSSL reads it there. */
export function mailBody({ fields }: MailHead): 'base64' | 'any' | 'other' {
  const encoding = (fields.get('content-transfer-encoding') ?? 'binary').toLowerCase();
  if (encoding === 'base64') return 'base64';
  return ['7bit', '8bit', 'binary'].includes(encoding) ? 'any' : 'other';
}
