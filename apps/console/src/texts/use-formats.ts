import { useMemo } from 'react';
import { useSpeech } from './use-texts.js';

/** How dates and numbers are written in the language of the page. */
export interface Formats {
  readonly date: (time: string) => string;
  readonly time: (time: string) => string;
  readonly number: (value: number) => string;
}

export function useFormats(): Formats {
  const { language } = useSpeech();
  return useMemo(() => {
    // Of the language that was chosen, as it is spoken where whoever reads is.
    const locale = navigator.languages.find(tag => tag.startsWith(language)) ?? language;
    const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
    const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
    const number = new Intl.NumberFormat(locale);
    return {
      date: value => date.format(new Date(value)),
      time: value => time.format(new Date(value)),
      number: value => number.format(value),
    };
  }, [language]);
}
