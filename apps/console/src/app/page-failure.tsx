import { useRouteError } from 'react-router';
import { Button } from '../components/button.js';
import { Failure } from '../components/failure.js';
import { useTexts } from '../texts/use-texts.js';

/** A page that threw, or could not be loaded because the server has a newer one by now. */
export function PageFailure() {
  const t = useTexts();
  const error = useRouteError();
  return (
    <div className="page">
      <h1>{t('app.pageFailed')}</h1>
      <Failure error={error} />
      <div>
        <Button onPress={() => window.location.reload()}>{t('app.reload')}</Button>
      </div>
    </div>
  );
}

export function PageNotFound() {
  const t = useTexts();
  return (
    <div className="page">
      <h1>{t('app.notFound')}</h1>
    </div>
  );
}
