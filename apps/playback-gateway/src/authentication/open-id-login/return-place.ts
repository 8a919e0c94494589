const longest = 1024;
/** Behind a `#` it stays whatever it is; this keeps it from being anything but a place of the console, and one line. */
const placeOfConsole = /^\/(?!\/)[\w.~!$&'()*+,;=:@%/?-]*$/;

/** The place within the console that somebody wanted, such as `/recordings/ID?t=83.5`; its beginning for anything else. */
export function returnPlace(wanted: unknown): string {
  return typeof wanted === 'string' && wanted.length <= longest && placeOfConsole.test(wanted) ? wanted : '/';
}
