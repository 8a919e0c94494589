import { useTexts } from '../texts/use-texts.js';

export function Loading() {
  const t = useTexts();
  return (
    <p className="table-empty" role="status">
      {t('app.loading')}
    </p>
  );
}
