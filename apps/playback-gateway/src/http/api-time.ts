/** `yyyy-MM-ddTHH:mm:ss.SSS+0000`, as the Genesys web services write times; from milliseconds since the epoch. */
export function apiTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '+0000');
}
