/** RFC 4518, 2.2: mapped to nothing. */
const nothing =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u06dd\u070f\u1806\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2063\u206a-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffc\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/gu;
/** RFC 4518, 2.2: mapped to SPACE; 2.6.1: only that there is one between two words counts. */
const spaces = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/**
 * A text as RFC 5280, 7.1 compares it: string preparation of RFC 4518 with case folding. Texts that differ in the type
 * of string, in case or in insignificant spaces are equal then. Nothing is prohibited: a name is compared, not judged.
 */
export function preparedText(text: string): string {
  const mapped = text.replace(nothing, '').replace(spaces, ' ');
  return folded(mapped).replace(spaces, ' ').trim();
}

/** Folding before and after: compatibility characters hide letters, and folding takes characters apart. */
const folded = (text: string): string => foldCase(foldCase(text.normalize('NFKC')).normalize('NFKC')).normalize('NFKC');

/** Full case folding, letter by letter, so that none depends on its neighbours; the dotless i is a letter of its own. */
function foldCase(text: string): string {
  let result = '';
  for (const letter of text) result += letter === 'ı' ? letter : letter.toUpperCase().toLowerCase();
  return result.replaceAll('ς', 'σ');
}
