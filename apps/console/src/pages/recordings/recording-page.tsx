import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { answerOf, api } from '../../api/client.js';
import { Badge } from '../../components/badge.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { Page } from '../../components/page.js';
import { linkedPlace, placeInLink } from '../../player/place-in-link.js';
import { Player } from '../../player/player.js';
import type { RecordingResource } from '../../player/timeline.js';
import { rights } from '../../session/rights.js';
import { useSession } from '../../session/session.js';
import { useTexts } from '../../texts/use-texts.js';
import { Events } from './events.js';
import { Facts } from './facts.js';
import { Holds } from './holds.js';
import { Labels } from './labels.js';
import { Listeners } from './listeners.js';
import { MediaFiles } from './media-files.js';
import { SelectionActs } from './selection-acts.js';
import { callerOf, dialedOf } from './shown.js';
import './recordings.css';

/** One recording: what is heard and seen of it, and everything that is known. `?t=` is the place to begin at. */
export function Component() {
  const t = useTexts();
  const { id = '' } = useParams();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['recording', id],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v2/recordings/{id}', { params: { path: { id } }, signal })),
    // What plays stays the same; what people change is asked for again when they change it.
    staleTime: 60_000,
  });
  if (isPending) return <Loading />;
  if (error !== null)
    return (
      <Page title={t('nav.recordings')}>
        <Failure error={error} retry={() => void refetch()} />
      </Page>
    );
  return <Shown key={id} recording={data} />;
}

function Shown({ recording }: { readonly recording: RecordingResource }) {
  const t = useTexts();
  const { me } = useSession();
  const navigate = useNavigate();
  const [parameters, setParameters] = useSearchParams();
  const link = parameters.get('t');
  const linked = useRef(link);
  const [asked, setAsked] = useState(() => ({ place: placeInLink(link) }));
  useEffect(() => {
    // The player puts its own place there, too.
    if (link === linked.current) return;
    linked.current = link;
    setAsked({ place: placeInLink(link) });
  }, [link]);
  const linkPlace = useCallback(
    (place: number) => {
      linked.current = linkedPlace(place);
      setParameters({ t: linked.current }, { replace: true });
    },
    // The function is another one whenever the address is.
    [],
  );
  const { id, nonDelete, onHold } = recording;
  const [caller, dialed] = [callerOf(recording), dialedOf(recording)].map(number => number ?? t('recordings.unknown'));
  return (
    <Page
      title={t('recordings.title', { caller: caller ?? '', dialed: dialed ?? '' })}
      actions={
        <>
          {nonDelete && <Badge kind="good">{t('recordings.protected')}</Badge>}
          {onHold && <Badge kind="warning">{t('recordings.onHold')}</Badge>}
          <Link to="/recordings">{t('recordings.backToList')}</Link>
        </>
      }
    >
      <Player recording={recording} asked={asked} linkPlace={linkPlace} />
      <SelectionActs recordings={[recording]} onErased={() => void navigate('/recordings')} />
      <div className="recording-sections">
        <Facts recording={recording} />
        <Labels recording={recording} />
        {me.roles.includes('admin') && <Holds id={id} isHeld={onHold} />}
        <Events recording={recording} />
        {rights.audit(me) && <Listeners recording={recording} />}
        <MediaFiles recording={recording} />
      </div>
    </Page>
  );
}
