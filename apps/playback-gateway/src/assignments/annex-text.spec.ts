import { readAnnex, writeAnnex } from './annex-text.js';

const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

describe(readAnnex.name, () => {
  it('reads what was written', () => {
    const certificates = [
      { alias: 'first', certificate: pem },
      { alias: 'second one', certificate: pem },
    ];
    expect(readAnnex(writeAnnex(certificates))).toEqual(certificates);
    expect(readAnnex(writeAnnex([]))).toEqual([]);
  });

  it.each([
    ['lines as they are', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['written \\n', '-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----'],
    ['written \\r\\n', '-----BEGIN CERTIFICATE-----\\r\\nAAAA\\r\\n-----END CERTIFICATE-----'],
    ['blanks', '-----BEGIN CERTIFICATE----- AAAA -----END CERTIFICATE-----'],
    ['quotes', '"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"'],
    ['base64 alone', 'AAAA'],
  ])('understands line ends as %s', (_, value) => {
    expect(readAnnex(`[recording-certificates]\r\none = ${value}\n`)).toEqual([{ alias: 'one', certificate: pem }]);
  });

  it('reads base64 that ends in signs of equality, over several lines', () => {
    const value = '-----BEGIN CERTIFICATE-----\nAAAA\nAA==\n-----END CERTIFICATE-----';
    const [read] = readAnnex(`[recording-certificates]\none=${value}\n[other]\nx=y\n`);
    expect(read?.certificate).toBe('-----BEGIN CERTIFICATE-----\nAAAAAA==\n-----END CERTIFICATE-----\n');
  });

  it('passes over other sections and comments', () => {
    const text = `[gvp.general]\nservice-type=record\n[recording-certificates]\n; old\n# older\none=AAAA\n`;
    expect(readAnnex(text).map(({ alias }) => alias)).toEqual(['one']);
  });

  it.each([
    ['no section', 'one=AAAA', /no section/],
    ['a value that is none', '[recording-certificates]\none=***', /"one" holds no certificate/],
    ['a line that is no option', '[recording-certificates]\nnonsense', /no option/],
  ])('refuses %s', (_, text, message) => {
    expect(() => readAnnex(text)).toThrow(message);
  });
});
