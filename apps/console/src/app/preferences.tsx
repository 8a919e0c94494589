import { Select } from '../components/select.js';
import { languages, type Language } from '../texts/texts.js';
import { useSpeech } from '../texts/use-texts.js';
import { themes, useTheme } from './theme.js';

/** Language and appearance, kept by this browser. */
export function Preferences() {
  const { language, setLanguage, t } = useSpeech();
  const [theme, setTheme] = useTheme();
  return (
    <>
      <Select
        label={t('settings.language')}
        value={language}
        onChange={setLanguage}
        options={Object.entries(languages) as [Language, string][]}
      />
      <Select
        label={t('settings.theme')}
        value={theme}
        onChange={setTheme}
        options={themes.map(each => [each, t(`settings.theme.${each}`)] as const)}
      />
    </>
  );
}
