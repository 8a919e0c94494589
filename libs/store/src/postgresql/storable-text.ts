/** No name begins with it; what does is marked, too, so that two texts never become one. */
const mark = '\u001F';

/** PostgreSQL's texts hold every character but U+0000; strangers send that one, too. */
export function storableText(text: string): string {
  return text.includes('\0') || text.startsWith(mark) ? mark + JSON.stringify(text) : text;
}

/** The text that `storableText` was given. */
export function originalText(stored: string): string {
  return stored.startsWith(mark) ? (JSON.parse(stored.slice(mark.length)) as string) : stored;
}
