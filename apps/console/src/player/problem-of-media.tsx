import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { sendOrThrow } from '../api/client.js';
import { onServer } from '../api/server.js';
import { Failure } from '../components/failure.js';
import { Loading } from '../components/loading.js';
import { Notice } from '../components/notice.js';
import { useTexts } from '../texts/use-texts.js';
import { whyNot } from './why-not.js';

interface Properties {
  readonly playPath: string;
  readonly retry: () => void;
  /** The server gives it by now: a session had ended, or something was away for a moment. */
  readonly onAnswered?: () => void;
}

/**
 * Says why a media file does not play. An element tells nothing of what the server answered: it is asked once more, for
 * one byte.
 */
export function ProblemOfMedia({ playPath, retry, onAnswered }: Properties) {
  const t = useTexts();
  const { error, isPending, data } = useQuery({
    queryKey: ['why-not', playPath],
    queryFn: ({ signal }) => askForOneByte(playPath, signal),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
  useEffect(() => {
    if (data !== undefined) onAnswered?.();
  }, [data, onAnswered]);
  if (isPending) return <Loading />;
  if (error !== null) {
    const reason = whyNot(error);
    return (
      <>
        {reason !== 'other' && (
          <Notice kind="danger">
            <p>{t(`player.whyNot.${reason}`)}</p>
          </Notice>
        )}
        <Failure error={error} retry={retry} />
      </>
    );
  }
  return <Failure error={new Error(t('player.cannotPlay', { type: data }))} retry={retry} />;
}

/** The type of what came. @throws ApiProblem */
async function askForOneByte(playPath: string, signal: AbortSignal): Promise<string> {
  const request = new Request(onServer(`/api/v2${playPath}`), { headers: { range: 'bytes=0-0' }, signal });
  const response = await sendOrThrow(request);
  await response.body?.cancel();
  return response.headers.get('content-type') ?? '';
}
