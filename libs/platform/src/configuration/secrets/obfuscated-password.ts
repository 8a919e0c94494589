/** Stands before passwords as `org.mortbay.jetty.security.Password` (later `org.eclipse.jetty.util.security`) prints them. */
const prefix = 'OBF:';

export const isObfuscatedPassword = (text: string): boolean => text.startsWith(prefix);

/**
 * The password in a value that Jetty obfuscated: four digits to the base of 36 for each octet of its UTF-8, or `U` and
 * four where it is not ASCII. It is no encryption: whoever sees the value has the password.
 * @returns undefined for what Jetty did not write
 */
export function plainPassword(value: string): string | undefined {
  const groups = /^OBF:((?:U?[0-9a-z]{4})*)$/.exec(value.trim())?.[1]?.match(/U?[0-9a-z]{4}/g) ?? undefined;
  if (groups === undefined) return undefined;
  const octets = groups.map(group => {
    const number = parseInt(group.replace('U', ''), 36);
    const [high, low] = [number >> 8, number & 0xff];
    return group.startsWith('U') ? high : (high + low - 254) / 2;
  });
  const isText = octets.every(octet => Number.isInteger(octet) && octet >= 0 && octet <= 0xff);
  return isText ? Buffer.from(octets).toString('utf8') : undefined;
}
