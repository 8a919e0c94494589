import { useState } from 'react';
import { kept } from './kept.js';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const chosen = kept('theme', themes);

/** Before anything is drawn. */
export const applyTheme = (theme: Theme = chosen.read() ?? 'system'): void => {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
};

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => chosen.read() ?? 'system');
  return [
    theme,
    next => {
      chosen.write(next);
      applyTheme(next);
      setTheme(next);
    },
  ];
}
