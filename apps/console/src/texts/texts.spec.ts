import { de } from './de.js';
import { en, type TextKey } from './en.js';
import { languageFor, translator } from './texts.js';

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([name]) => name).sort();

describe('the texts of the console', () => {
  it.each(Object.keys(en) as TextKey[])('%s says the same in each language, and puts the same in', key => {
    expect(de[key].trim()).toBe(de[key]);
    expect(de[key]).not.toBe('');
    expect(placeholders(de[key])).toEqual(placeholders(en[key]));
  });

  it('are looked up by language, with numbers written as there', () => {
    expect(translator('en')('login.title')).toBe('Log in');
    expect(translator('de')('app.requestId', { id: 'a' })).toBe('Anfrage a');
    expect(translator('de')('app.requestId', { id: 1234.5 })).toBe('Anfrage 1.234,5');
  });

  it('are in the first language that somebody reads and there is', () => {
    expect(languageFor(['fr-CH', 'de-CH', 'en'])).toBe('de');
    expect(languageFor(['fr'])).toBe('en');
    expect(languageFor([])).toBe('en');
  });
});
