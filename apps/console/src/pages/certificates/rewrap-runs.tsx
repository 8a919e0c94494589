import { answerOf, api } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { Progress } from '../../components/progress.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { useCertificateAct, useRewraps, type Rewrap } from './certificate-queries.js';

/** Runs that give recordings a recipient for another certificate, and how far they are; `of` one certificate. */
export function RewrapRuns({ of }: { readonly of?: string }) {
  const t = useTexts();
  const { data, error, refetch } = useRewraps();
  const runs = (data ?? []).filter(run => of === undefined || run.from === of || run.to === of);
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (runs.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="rewraps">
      <h2 id="rewraps">{t('rewrap.runs')}</h2>
      {runs.map(run => (
        <Run key={run.id} run={run} />
      ))}
    </section>
  );
}

function Run({ run }: { readonly run: Rewrap }) {
  const t = useTexts();
  const { time } = useFormats();
  const { id, from, to, state, percent, counts, waiting, notes, failures } = run;
  const act = useCertificateAct((kind: 'pause' | 'resume') => {
    const params = { path: { id } };
    return answerOf(
      kind === 'pause'
        ? api.POST('/rcs/rewraps/{id}/pause', { params })
        : api.POST('/rcs/rewraps/{id}/resume', { params }),
    );
  });
  return (
    <article className="stack">
      <Progress label={t('rewrap.run', { from, to })} percent={state === 'done' ? 100 : percent} />
      <div className="page-head">
        <span className="quiet">
          {t(`rewrap.state.${state}`)} · {time(run.updatedAt)} · {t('rewrap.counts', counts)}
        </span>
        {state !== 'done' && (
          <Button isPending={act.isPending} onPress={() => act.mutate(state === 'paused' ? 'resume' : 'pause')}>
            {state === 'paused' ? t('rewrap.resume') : t('rewrap.pause')}
          </Button>
        )}
      </div>
      {[
        ...(waiting === undefined ? [] : [waiting]),
        ...notes,
        ...failures.map(({ recordingId, reason }) => `${recordingId}: ${reason}`),
      ].map(remark => (
        <p key={remark} className="quiet">
          {remark}
        </p>
      ))}
      {act.error !== null && <Failure error={act.error} />}
    </article>
  );
}
