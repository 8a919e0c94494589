import { Notice } from '../../components/notice.js';
import { useTexts } from '../../texts/use-texts.js';
import type { Outcome } from './acts.js';

export function OutcomeNotice({ outcome }: { readonly outcome: Outcome }) {
  const t = useTexts();
  const { done, kept, refused, reason = '' } = outcome;
  return (
    <Notice kind={refused > 0 ? 'danger' : kept > 0 ? 'warning' : 'good'}>
      {done > 0 && <p>{t('recordings.outcome.done', { count: done })}</p>}
      {kept > 0 && <p>{t('recordings.outcome.kept', { count: kept })}</p>}
      {refused > 0 && <p>{t('recordings.outcome.refused', { count: refused, reason })}</p>}
    </Notice>
  );
}
