import { useState } from 'react';
import type { Schema } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { useTexts } from '../../texts/use-texts.js';
import { AttachDialog } from './attach-dialog.js';
import { useWaitingKeys } from './certificate-queries.js';
import { SigningRequestDialog } from './signing-request-dialog.js';

type Act = { readonly kind: 'request' | 'attach'; readonly alias: string };

/** Keys that were made in the token and have no certificate yet; nothing is shown where there is none. */
export function WaitingKeys() {
  const t = useTexts();
  const { data, error, refetch } = useWaitingKeys(true);
  const [act, setAct] = useState<Act>();
  const close = (): void => setAct(undefined);

  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined || data.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="waiting-keys">
      <h2 id="waiting-keys">{t('keys.waiting')}</h2>
      <p className="quiet">{t('keys.waitingText')}</p>
      <ul className="stack plain-list">
        {data.map(key => (
          <WaitingKey key={key.alias} waiting={key} onAct={kind => setAct({ kind, alias: key.alias })} />
        ))}
      </ul>
      {act?.kind === 'request' && <SigningRequestDialog alias={act.alias} onClose={close} />}
      {act?.kind === 'attach' && <AttachDialog alias={act.alias} onClose={close} />}
    </section>
  );
}

interface KeyProperties {
  readonly waiting: Schema<'Key'>;
  readonly onAct: (kind: Act['kind']) => void;
}

function WaitingKey({ waiting: { alias, keyIdentifier, size }, onAct }: KeyProperties) {
  const t = useTexts();
  return (
    <li className="page-head">
      <span>
        <strong>{alias}</strong> <span className="quiet">{t('keys.bits', { bits: String(size) })}</span>{' '}
        <code>{keyIdentifier}</code>
      </span>
      <span className="actions">
        <Button aria-label={t('keys.requestOf', { alias })} onPress={() => onAct('request')}>
          {t('keys.request')}
        </Button>
        <Button aria-label={t('keys.attachTo', { alias })} onPress={() => onAct('attach')}>
          {t('keys.attach')}
        </Button>
      </span>
    </li>
  );
}
