import icon from '../styles/icon.svg';
import { useTexts } from '../texts/use-texts.js';

export function Brand() {
  const t = useTexts();
  return (
    <div className="brand">
      <img src={icon} alt="" />
      <span>{t('app.name')}</span>
    </div>
  );
}
