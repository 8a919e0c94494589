/** One file, and what a recorder may write for it below the URL of a storage. */
export interface PathSpelling {
  readonly written: string;
  /** Its name in the storage; undefined for what has to be refused. */
  readonly file: string | undefined;
}

const means = (file: string, ...spellings: readonly string[]): readonly PathSpelling[] =>
  spellings.map(written => ({ written, file }));
const refused = (...spellings: readonly string[]): readonly PathSpelling[] =>
  spellings.map(written => ({ written, file: undefined }));

/** Spellings that are legal and mean one file (RFC 3986, 2.1, 3.3 and 6.2.2), and those that two readers may take for two. */
export const pathSpellings: readonly PathSpelling[] = [
  ...means('call:1.bin', 'call:1.bin', 'call%3A1.bin', 'call%3a1.bin'),
  ...means('colon:dir/a.bin', 'colon:dir/a.bin'),
  ...means('dotted.name.bin', 'dotted.name.bin', 'dotted%2Ename%2ebin'),
  ...means('.hidden.bin', '.hidden.bin', '%2Ehidden.bin'),
  ...means('Grüße.bin'.normalize('NFC'), 'Grüße.bin'.normalize('NFC'), 'Gr%C3%BC%C3%9Fe.bin', 'Gr%c3%bc%c3%9fe.bin'),
  ...means('Grüße.bin'.normalize('NFD'), 'Grüße.bin'.normalize('NFD'), 'Gru%CC%88%C3%9Fe.bin'),
  ...means('通話 📞.bin', '通話 📞.bin', encodeURIComponent('通話 📞.bin')),
  ...means('with  two blanks.bin', 'with  two blanks.bin', 'with%20%20two%20blanks.bin'),
  ...means('a+b.bin', 'a+b.bin', 'a%2Bb.bin'),
  ...means('a b.bin', 'a b.bin', 'a%20b.bin'),
  ...means('100%.bin', '100%.bin', '100%25.bin'),
  ...means('a%20b.bin', 'a%2520b.bin'),
  ...means('what?#.bin', 'what%3F%23.bin'),
  ...means("a&b;c=d,e!f*(g)'h@i$j~.bin", "a&b;c=d,e!f*(g)'h@i$j~.bin"),
  ...refused(
    '../outside.bin',
    '%2e%2e/outside.bin',
    '%2e%2e%2foutside.bin',
    '.%2E/outside.bin',
    '%252e%252e/outside.bin',
  ),
  ...refused(
    './call:1.bin',
    '%2E/call:1.bin',
    'x/../call:1.bin',
    '/call:1.bin',
    'colon:dir//a.bin',
    'colon:dir%2Fa.bin',
  ),
  ...refused('..%5Coutside.bin', 'colon:dir\\a.bin', 'call:1.bin%00', 'call:1.bin\n', 'call:1.bin?x=1', 'call:1.bin#x'),
  ...refused('%FF.bin', 'Gr%FC%DFe.bin', 'colon:dir/', ''),
];
