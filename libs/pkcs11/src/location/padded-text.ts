/** A text of CK_TOKEN_INFO without what it is padded with: blanks, as PKCS#11 has it, or zeros, as some modules do. */
export const paddedText = (text: string): string => text.replace(/[\0 ]+$/, '').trimStart();
