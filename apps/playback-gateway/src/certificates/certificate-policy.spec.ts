import { warnOfUploadsThatCannotBe } from './certificate-policy.js';

describe(warnOfUploadsThatCannotBe.name, () => {
  const warnings = (configuration: Parameters<typeof warnOfUploadsThatCannotBe>[0]): string[] => {
    const told: string[] = [];
    warnOfUploadsThatCannotBe(configuration, { warn: (text: unknown) => void told.push(String(text)) });
    return told;
  };

  it('names both options where no certificate can be uploaded', () => {
    const [warning] = warnings({ allowSelfSigned: false });
    expect(warning).toContain('recordingCertificates.allowSelfSigned is false');
    expect(warning).toContain('recordingCertificates.rootCaFile');
  });

  it.each([
    ['self-signed ones can', { allowSelfSigned: true }],
    ['those of an authority can', { allowSelfSigned: false, rootCaFile: '/authority.pem' }],
  ])('says nothing where %s', (_, settings) => {
    expect(warnings(settings)).toEqual([]);
  });
});
