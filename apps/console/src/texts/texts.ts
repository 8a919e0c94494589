import { de } from './de.js';
import { en, type TextKey, type Texts } from './en.js';

/** The languages there are, each named in itself. A new one is one more file, complete by its type. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

const texts: Readonly<Record<Language, Texts>> = { en, de };

/** The names in braces of a text. */
type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** What has to be put into a text: nothing for most. */
export type TextValues<Key extends TextKey> = [Placeholders<(typeof en)[Key]>] extends [never]
  ? []
  : [values: Readonly<Record<Placeholders<(typeof en)[Key]>, string | number>>];

/** The texts into which nothing is put: what a list of titles or states may name. */
export type PlainTextKey = { [Key in TextKey]: TextValues<Key> extends [] ? Key : never }[TextKey];

/** Looks a text up. */
export type Translate = <Key extends TextKey>(key: Key, ...values: TextValues<Key>) => string;

export function translator(language: Language): Translate {
  return (key, ...[values]) => filled(texts[language][key], values ?? {}, language);
}

function filled(text: string, values: Readonly<Record<string, string | number>>, language: Language): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return typeof value === 'number' ? value.toLocaleString(language) : (value ?? whole);
  });
}

/** The first of the languages somebody reads that there is; English for nobody else's. */
export function languageFor(preferred: readonly string[]): Language {
  const known = preferred.map(tag => tag.split('-')[0]).find(tag => tag !== undefined && tag in languages);
  return (known as Language | undefined) ?? 'en';
}
