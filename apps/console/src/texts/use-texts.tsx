import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { kept } from '../app/kept.js';
import { languageFor, languages, translator, type Language, type Translate } from './texts.js';

interface Speech {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly t: Translate;
}

const SpeechContext = createContext<Speech | undefined>(undefined);
const chosen = kept('language', Object.keys(languages) as Language[]);

/** Everything below speaks the language that was chosen here, else the browser's. */
export function TextsProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => chosen.read() ?? languageFor(navigator.languages));
  const speech = useMemo<Speech>(() => {
    document.documentElement.lang = language;
    return {
      language,
      setLanguage: next => {
        chosen.write(next);
        setLanguage(next);
      },
      t: translator(language),
    };
  }, [language]);
  return (
    <SpeechContext value={speech}>
      <I18nProvider locale={language}>{children}</I18nProvider>
    </SpeechContext>
  );
}

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (speech === undefined) throw new Error('texts are used outside of their provider');
  return speech;
}

/** `const t = useTexts()`: `t('login.title')`. */
export const useTexts = (): Translate => useSpeech().t;
